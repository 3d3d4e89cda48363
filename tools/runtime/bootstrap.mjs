// Makes a fresh clone runnable: first the pinned Node into .runtime/, then the locked dependencies with that Node.
// Node built-ins only, and any Node from 20 on, because nothing else is there yet (docs/decisions/0001-runtime.md).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

class InstallFailed extends Error {
  constructor(exitCode) {
    super('npm ci failed');
    this.exitCode = exitCode;
  }
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
  if (outcome.status !== 0) throw new InstallFailed(outcome.status ?? 1);
}

/** Runs `install` while no other process of this clone installs: two at once would empty each other's node_modules. */
function alone(install) {
  mkdirSync(runtimeFolder, { recursive: true });
  const mine = join(runtimeFolder, `.installing-${process.pid}`);
  const lock = join(runtimeFolder, '.installing');
  writeFileSync(mine, `${process.pid}`);
  try {
    for (let isTold = false; !takes(lock, mine); isTold = true) {
      if (!isTold) console.error('milena: waiting for another process that installs');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
    install();
  } finally {
    if (existsSync(lock) && readFileSync(lock, 'utf8') === `${process.pid}`) rmSync(lock);
    rmSync(mine, { force: true });
  }
}

/** Takes the lock, a name that only one of several can give its file; one whose process is gone is removed first. */
function takes(lock, mine) {
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
  } catch (error) {
    if (error.code === 'ESRCH') rmSync(lock, { force: true });
  }
  return false;
}

function installOnce(folder, node, fingerprint, prepare) {
  const stamp = join(folder, 'node_modules', '.install-stamp');
  const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint;
  if (isInstalled()) return;
  alone(() => {
    if (!isInstalled()) install(folder, node, prepare);
    writeFileSync(stamp, fingerprint); // last, so that a broken install is tried again
  });
}

function install(folder, node, prepare) {
  console.error(`milena: installing ${folder === root ? 'dependencies' : `Node ${pinnedVersion}`}`);
  prepare();
  npmCi(node, folder);
}

const hashOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Installs what is missing or stale; returns at once when nothing changed. Ends the process when npm fails. */
export function bootstrap() {
  try {
    installAll();
  } catch (error) {
    if (!(error instanceof InstallFailed)) throw error;
    process.exit(error.exitCode); // npm has said why
  }
}

function installAll() {
  if (pinnedVersion !== undefined) {
    installOnce(runtimeFolder, process.execPath, hashOf(join(manifest, 'package-lock.json')), () => {
      mkdirSync(runtimeFolder, { recursive: true });
      for (const name of ['package.json', 'package-lock.json']) cpSync(join(manifest, name), join(runtimeFolder, name));
    });
  }
  const lock = hashOf(join(root, 'package-lock.json'));
  installOnce(root, runtimeNode(), `${lock} ${pinnedVersion ?? 'own'}`, () => {});
}
