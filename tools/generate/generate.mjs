// Lints proto/ and generates libs/proto/src/gen from it, and docs/configuration.md from libs/config-schema. `--check` writes
// nothing and fails when what is checked in is stale.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configurationPage, renderConfigurationPage } from './configuration.mjs';
import { descriptorModule, renderDescriptorModule } from './descriptors.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const buf = join(root, 'node_modules', '@bufbuild', 'buf', 'bin', 'buf');
const generated = join('libs', 'proto', 'src', 'gen');

function run(...args) {
  const { status, error } = spawnSync(process.execPath, [buf, ...args], { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** Content of every file below a folder, by path relative to it. */
function contents(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

function staleFiles(fresh, checkedIn) {
  const paths = new Set([...fresh.keys(), ...checkedIn.keys()]);
  return [...paths].filter((path) => fresh.get(path) !== checkedIn.get(path)).sort();
}

/** Generates the code from the protos below `target`. */
function generateCode(target) {
  run('generate', '--output', target);
  writeFileSync(join(target, generated, descriptorModule), renderDescriptorModule(run));
}

const configuration = await renderConfigurationPage();
const check = process.argv.includes('--check');
run('lint');
run('format', ...(check ? ['--diff', '--exit-code'] : ['--write']), 'proto');
if (check) {
  const target = mkdtempSync(join(tmpdir(), 'milena-generate-'));
  try {
    generateCode(target);
    const stale = staleFiles(contents(join(target, generated)), contents(join(root, generated))).map((path) =>
      join(generated, path),
    );
    const page = existsSync(configurationPage) ? readFileSync(configurationPage, 'utf8') : '';
    if (page !== configuration) stale.push('docs/configuration.md');
    for (const path of stale) console.error(`stale: ${path}`);
    if (stale.length > 0) console.error('run `npm run generate` and commit the result');
    process.exitCode = stale.length > 0 ? 1 : 0;
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
} else {
  generateCode(root);
  writeFileSync(configurationPage, configuration);
}
