// Bundles apps for deployment:  node tools/build/bundle.mjs apps/broker [apps/milena ...]
//   dist/apps/<app>/main.js      turns V8's compile cache on, then loads the program; kept apart because the cache works
//                                only for what is loaded after it is on
//   dist/apps/<app>/program.js   everything of ours, as CommonJS, with a source map
//   dist/apps/<app>/apart-*.js   large packages that only some commands need, loaded when they are
//   dist/apps/<app>/.inputs      hash of what it was built from
// Packages that bring native code, load files at run time or must exist once per process stay outside and are resolved
// from node_modules.
import { build } from 'esbuild';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inputHash, root, stampOf } from './input-hash.mjs';

const EXTERNAL = ['@grpc/grpc-js', 'pino', '@node-rs/crc32', '@opentelemetry/api', 'rocksdb-native'];
/** Reached by `import()` only; what such a package needs from node_modules itself comes after its name. */
const APART = new Map([['@platformatic/kafka', ['@platformatic/wasm-utils', 'protobufjs']]]);
const FORBIDDEN = [/\.spec\.ts$/, /\/testing\//, /^node_modules\/(?:@swc|jest|fast-check|typescript)\b/, /\.node$/];

const MAIN = `'use strict';
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');
enableCompileCache(join(__dirname, '.compile-cache'));
require('./program.js');
`;

const fileOfApart = (name) => `apart-${name.replace(/\W+/g, '-').replace(/^-/, '')}.js`;

/** Leaves the packages of APART out of a bundle and notes which of them it uses. */
const leaveApart = (used) => ({
  name: 'leave-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      if (!APART.has(path)) return undefined;
      if (kind !== 'dynamic-import') return { errors: [{ text: `${path} may only be reached by import()` }] };
      used.add(path);
      return { path: `./${fileOfApart(path)}`, external: true };
    });
  },
});

/** One of APART as a file: several times faster to load than its hundreds of modules. */
function bundleApart(name, folder) {
  return build({
    absWorkingDir: root,
    stdin: { contents: `export * from '${name}';`, resolveDir: root },
    outfile: join(folder, fileOfApart(name)),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    external: [...EXTERNAL, ...APART.get(name)],
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
  });
}

async function bundle(projectRoot) {
  const name = basename(projectRoot);
  const folder = join('dist', 'apps', name);
  mkdirSync(join(root, folder), { recursive: true });
  rmSync(stampOf(projectRoot), { force: true });
  const inputs = inputHash();
  const apart = new Set();
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
    plugins: [leaveApart(apart)],
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  });
  const strays = Object.keys(metafile.inputs).filter((input) => FORBIDDEN.some((pattern) => pattern.test(input)));
  if (strays.length > 0) throw new Error(`${name}: does not belong into a bundle: ${strays.join(', ')}`);
  await Promise.all([...apart].map((each) => bundleApart(each, folder)));
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
