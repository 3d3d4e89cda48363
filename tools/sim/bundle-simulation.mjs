// The simulation as one CommonJS file: bundled code runs several times faster than what a test runner loads.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles libs/simulation into `outfile`, which is returned. */
export async function bundleSimulation(outfile) {
  await build({
    absWorkingDir: join(dirname(fileURLToPath(import.meta.url)), '..', '..'),
    entryPoints: ['libs/simulation/src/index.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    conditions: ['@milena/source'],
    external: ['@grpc/grpc-js', 'pino', '@node-rs/crc32', '@opentelemetry/api'],
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
  return outfile;
}
