// What a bundle was built from, as one hash. Each bundle carries the hash of its inputs beside it, so that wherever it came
// from (a build, Nx's cache), it can be told whether it is still right.
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const INPUTS = ['{libs,apps}/*/src/**/*.ts', '{libs,apps}/*/package.json', 'tools/build/*.mjs', 'package-lock.json'];

/** Hash of everything a bundle may be made of, and of the Node that builds it. */
export function inputHash() {
  const hash = createHash('sha256').update(process.version);
  const files = globSync(INPUTS, { cwd: root }).filter((file) => !file.endsWith('.spec.ts'));
  for (const file of files.sort()) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** File that holds the hash an app's bundle was built from. */
export const stampOf = (app) => join(root, 'dist', app, '.inputs');
