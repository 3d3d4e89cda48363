// A million partitions in the image of @milena/metadata: building it record by record, heap, snapshots, a broker that is lost,
// one change. Each shape runs in a process of its own, so that the heap measured is its own. METADATA_SCALE_BUNDLE names
// another bundle of the lib to measure instead, METADATA_SCALE_PARTITIONS another number of partitions.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../conformance/cluster.mjs';

export const title =
  'the image with 1,000,000 partitions, replication factor 3, 10 brokers; times are CPU time of the process';

const shapes = ['wide', 'mixed', 'single'];
const folder = join(root, 'dist', 'bench');

/** Makes one CommonJS file of the lib with the codec, and returns its path. */
async function bundle() {
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, 'metadata.cjs');
  await build({
    entryPoints: [join(root, 'libs', 'metadata', 'src', 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    conditions: ['@milena/source'],
    external: ['@node-rs/crc32'],
    logLevel: 'error',
  });
  return outfile;
}

export async function run(print) {
  const path = process.env.METADATA_SCALE_BUNDLE ?? (await bundle());
  const script = join(root, 'tools', 'bench', 'metadata-scale', 'measure.mjs');
  for (const shape of shapes) {
    const { stdout, status } = spawnSync(
      process.execPath,
      [
        '--expose-gc',
        '--max-old-space-size=8192',
        script,
        path,
        shape,
        process.env.METADATA_SCALE_PARTITIONS ?? '1000000',
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    );
    for (const line of stdout.trim().split('\n')) print(line);
    if (status !== 0) throw new Error(`metadata-scale ${shape} ended with ${status}`);
  }
}
