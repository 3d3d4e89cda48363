// `npm start`: builds the three bundles when their sources changed, then becomes `milena dev` with the caller's arguments.
// The build is told by a hash of its inputs, without Nx, because this is the path everybody waits for. What the build
// says goes to stderr: stdout belongs to `milena dev --json`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const APPS = ['apps/controller-quorum', 'apps/broker', 'apps/milena'];
const INPUTS = ['{libs,apps}/*/src/**/*.ts', '{libs,apps}/*/package.json', 'tools/build/*.mjs', 'package-lock.json'];
const stamp = join(root, 'dist', 'apps', '.inputs');
const program = join(root, 'dist', 'apps', 'milena', 'main.js');

function inputHash() {
  const hash = createHash('sha256').update(process.version);
  const files = globSync(INPUTS, { cwd: root }).filter((file) => !file.endsWith('.spec.ts'));
  for (const file of files.sort()) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function buildIfChanged() {
  const wanted = inputHash();
  const complete = APPS.every((app) => existsSync(join(root, 'dist', app, 'main.js')));
  if (complete && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const outcome = spawnSync(process.execPath, [join(root, 'tools', 'build', 'bundle.mjs'), ...APPS], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (outcome.status !== 0) process.exit(outcome.status ?? 1);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted); // last, so that a broken build is tried again
}

buildIfChanged();
process.argv = [process.execPath, program, 'dev', ...process.argv.slice(2)];
createRequire(import.meta.url)(program);
