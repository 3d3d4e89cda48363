// Bundles apps for deployment:  node tools/build/bundle.mjs apps/broker [apps/milena ...]
//   dist/apps/<app>/main.js      turns V8's compile cache on, then loads the program; kept apart because the cache works
//                                only for what is loaded after it is on
//   dist/apps/<app>/program.js   everything of ours, as CommonJS, with a source map
//   dist/apps/<app>/.inputs      hash of what it was built from
// Packages that bring native code, load files at run time or must exist once per process stay outside and are resolved
// from node_modules.
import { build } from 'esbuild';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inputHash, root, stampOf } from './input-hash.mjs';

const EXTERNAL = ['@grpc/grpc-js', 'pino', '@node-rs/crc32', '@opentelemetry/api', 'rocksdb-native'];
const FORBIDDEN = [/\.spec\.ts$/, /\/testing\//, /^node_modules\/(?:@swc|jest|fast-check|typescript)\b/, /\.node$/];

const MAIN = `'use strict';
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');
enableCompileCache(join(__dirname, '.compile-cache'));
require('./program.js');
`;

async function bundle(projectRoot) {
  const name = basename(projectRoot);
  const folder = join('dist', 'apps', name);
  mkdirSync(join(root, folder), { recursive: true });
  rmSync(stampOf(projectRoot), { force: true });
  const inputs = inputHash();
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(projectRoot, 'src', 'main.ts')],
    outfile: join(folder, 'program.js'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    conditions: ['@milena/source'],
    external: EXTERNAL,
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  });
  const strays = Object.keys(metafile.inputs).filter((input) => FORBIDDEN.some((pattern) => pattern.test(input)));
  if (strays.length > 0) throw new Error(`${name}: does not belong into a bundle: ${strays.join(', ')}`);
  writeFileSync(join(root, folder, 'main.js'), MAIN);
  writeFileSync(stampOf(projectRoot), inputs); // last, so that a broken build is tried again
  const bytes = metafile.outputs[join(folder, 'program.js')]?.bytes ?? 0;
  console.error(`milena: built ${folder}/main.js (${Math.round(bytes / 1024)} KiB)`);
}

const projects = process.argv.slice(2);
if (projects.length === 0) {
  console.error('usage: node tools/build/bundle.mjs <project folder> ...');
  process.exit(2);
}
try {
  await Promise.all(projects.map(bundle));
} catch (error) {
  console.error(`milena: build failed: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
