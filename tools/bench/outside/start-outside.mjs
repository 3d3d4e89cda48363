// Starts program.mjs beside the cluster under measurement, bundled from our libs' sources.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { root } from '../../conformance/cluster.mjs';

/** Source file of one of our libs, `@milena/proto` or `@milena/proto/descriptor-set`. */
function sourceOf(specifier) {
  const [, name, ...entry] = specifier.split('/');
  const folder = join(root, 'libs', name);
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, exports[['.', ...entry].join('/')]['@milena/source']);
}

/** Our own libs go into the bundle, from source; packages stay outside. */
async function bundle() {
  mkdirSync(join(root, 'dist', 'bench'), { recursive: true });
  const outfile = join(root, 'dist', 'bench', 'outside.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'program.mjs')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    external: ['@grpc/grpc-js', '@node-rs/crc32', '@opentelemetry/api', 'rocksdb-native'],
    plugins: [
      {
        name: 'libs',
        setup: ({ onResolve }) => onResolve({ filter: /^@milena\// }, ({ path }) => ({ path: sourceOf(path) })),
      },
    ],
    logLevel: 'error',
  });
  return outfile;
}

/** Everybody outside of a quorum: `ask` has it carry out one of program.mjs's commands. */
export async function startOutside(clusterId, controllers, { observes = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'milena-outside-'));
  const program = await bundle();
  const args = ['--max-old-space-size=4096', program, clusterId, controllers.join(), ...(observes ? [folder] : [])];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(command, rest = {}) {
      child.stdin.write(`${JSON.stringify({ command, ...rest })}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`the process outside ended during ${command}`);
      return JSON.parse(value);
    },
    stop() {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
