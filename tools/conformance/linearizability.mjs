// The checker of the simulation for histories of real processes: bundled from its sources, so that there is one.
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './cluster.mjs';

const folder = 'libs/simulation/src/linearizability';

/** `checkLinearizable` and the models `topicModel` and `registerModel`. */
export async function loadChecker() {
  const contents = ['check-linearizable', 'topic-model', 'register-model']
    .map((file) => `export * from './${folder}/${file}';`)
    .join('\n');
  const stdin = { contents, resolveDir: root, loader: 'ts' };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: 'esm', absWorkingDir: join(root) });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
