// Lints proto/ and generates libs/proto/src/gen from it. `--check` writes nothing and fails when the checked-in code is stale.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

const check = process.argv.includes('--check');
run('lint');
run('format', ...(check ? ['--diff', '--exit-code'] : ['--write']), 'proto');
if (check) {
  const target = mkdtempSync(join(tmpdir(), 'milena-generate-'));
  try {
    run('generate', '--output', target);
    const stale = staleFiles(contents(join(target, generated)), contents(join(root, generated)));
    for (const path of stale) console.error(`stale: ${join(generated, path)}`);
    if (stale.length > 0) console.error('run `npm run generate` and commit the result');
    process.exitCode = stale.length > 0 ? 1 : 0;
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
} else {
  run('generate');
}
