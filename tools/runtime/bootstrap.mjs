// Makes a fresh clone runnable: first the pinned Node into .runtime/, then the locked dependencies with that Node.
// Node built-ins only, and any Node from 20 on, because nothing else is there yet (docs/decisions/0001-runtime.md).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const manifest = join(root, 'tools', 'runtime');
const runtimeFolder = join(root, '.runtime');
const pinned = JSON.parse(readFileSync(join(manifest, 'package.json'), 'utf8')).optionalDependencies;
const packageName = `node-${process.platform}-${process.arch}`;
const pinnedVersion = pinned[packageName];

/** Path of the Node every script runs with: the pinned one where a package exists, else the caller's if it is 24 or later. */
export function runtimeNode() {
  if (pinnedVersion !== undefined) return join(runtimeFolder, 'node_modules', packageName, 'bin', 'node');
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  console.error(
    `milena: no pinned Node for ${process.platform}-${process.arch}; install Node 24 or later (this is ${process.version})`,
  );
  process.exit(2);
}

/** Environment in which `node` and `npm` resolve to the pinned runtime and to the project's binaries. */
export function runtimeEnvironment() {
  const folders = [dirname(runtimeNode()), join(root, 'node_modules', '.bin'), process.env.PATH ?? ''];
  return { ...process.env, PATH: folders.join(delimiter) };
}

function npmCi(node, folder) {
  const flags = ['ci', '--no-audit', '--no-fund'];
  const npm = process.env.npm_execpath;
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  // npm hands its own settings to the scripts it runs; a nested npm must not take the outer one's prefix for its own.
  for (const key of Object.keys(env)) if (/^npm_config_(local_)?prefix$/i.test(key)) delete env[key];
  const outcome = npm?.endsWith('.js')
    ? spawnSync(node, [npm, ...flags], { cwd: folder, stdio: ['ignore', 2, 2], env })
    : spawnSync('npm', flags, { cwd: folder, stdio: ['ignore', 2, 2], env });
  if (outcome.status !== 0) process.exit(outcome.status ?? 1);
}

function installOnce(folder, node, fingerprint, prepare) {
  const stamp = join(folder, 'node_modules', '.install-stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return;
  console.error(`milena: installing ${folder === root ? 'dependencies' : `Node ${pinnedVersion}`}`);
  prepare();
  npmCi(node, folder);
  writeFileSync(stamp, fingerprint); // last, so that a broken install is tried again
}

const hashOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Installs what is missing or stale; returns at once when nothing changed. */
export function bootstrap() {
  if (pinnedVersion !== undefined) {
    installOnce(runtimeFolder, process.execPath, hashOf(join(manifest, 'package-lock.json')), () => {
      mkdirSync(runtimeFolder, { recursive: true });
      for (const name of ['package.json', 'package-lock.json']) cpSync(join(manifest, name), join(runtimeFolder, name));
    });
  }
  const lock = hashOf(join(root, 'package-lock.json'));
  installOnce(root, runtimeNode(), `${lock} ${pinnedVersion ?? 'own'}`, () => {});
}
