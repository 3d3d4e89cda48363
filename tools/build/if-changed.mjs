// Builds the bundles whose sources changed, told by a hash of the inputs and without Nx, because `npm start` and the tests
// wait for it. What the build says goes to stderr: stdout belongs to the caller.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inputHash, root, stampOf } from './input-hash.mjs';

const APPS = ['controller-quorum', 'broker', 'admin-gateway', 'zookeeper-shim', 'milena'].map((app) => `apps/${app}`);

/** The command line's bundle. */
export const milena = join(root, 'dist', 'apps', 'milena', 'main.js');

/** Builds what is out of date; ends the process when that fails. */
export function buildIfChanged() {
  const wanted = inputHash();
  const stale = APPS.filter((app) => !existsSync(stampOf(app)) || readFileSync(stampOf(app), 'utf8') !== wanted);
  if (stale.length === 0) return;
  const bundle = join(root, 'tools', 'build', 'bundle.mjs');
  const outcome = spawnSync(process.execPath, [bundle, ...stale], { cwd: root, stdio: ['ignore', 2, 2] });
  if (outcome.status !== 0) process.exit(outcome.status ?? 1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildIfChanged();
