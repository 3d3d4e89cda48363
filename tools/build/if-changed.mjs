// Builds the bundles when one of their sources changed, told by a hash of the inputs and without Nx, because `npm start`
// and the tests wait for it. What the build says goes to stderr: stdout belongs to the caller.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const APPS = ['apps/controller-quorum', 'apps/broker', 'apps/milena'];
const INPUTS = ['{libs,apps}/*/src/**/*.ts', '{libs,apps}/*/package.json', 'tools/build/*.mjs', 'package-lock.json'];
const stamp = join(root, 'dist', 'apps', '.inputs');

/** The command line's bundle. */
export const milena = join(root, 'dist', 'apps', 'milena', 'main.js');

function inputHash() {
  const hash = createHash('sha256').update(process.version);
  const files = globSync(INPUTS, { cwd: root }).filter((file) => !file.endsWith('.spec.ts'));
  for (const file of files.sort()) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** Builds what is out of date; ends the process when that fails. */
export function buildIfChanged() {
  const wanted = inputHash();
  const complete = APPS.every((app) => existsSync(join(root, 'dist', app, 'main.js')));
  if (complete && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const bundle = join(root, 'tools', 'build', 'bundle.mjs');
  const outcome = spawnSync(process.execPath, [bundle, ...APPS], { cwd: root, stdio: ['ignore', 2, 2] });
  if (outcome.status !== 0) process.exit(outcome.status ?? 1);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted); // last, so that a broken build is tried again
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildIfChanged();
