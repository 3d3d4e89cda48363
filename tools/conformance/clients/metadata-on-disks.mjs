// What the metadata logs on the disks of running nodes say, read by `milena metadata at`.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { milena } from '../cluster.mjs';
import { expect, run, until } from '../process.mjs';
import { readProperties } from '../properties.mjs';
import { describeQuorum } from './controllers.mjs';
import { brokenPromises } from './metadata-writers.mjs';

/** The folder that holds a node's metadata log. */
function logFolder(cluster, role, id) {
  const { argv } = cluster.process(role, id);
  const settings = readProperties(argv[argv.indexOf('--config') + 1]);
  const folders = (settings['metadata.log.dir'] ?? settings['log.dirs']).split(',');
  return folders.find((folder) => existsSync(join(folder, '__cluster_metadata-0')));
}

/** All metadata on a node's own disk as of `offset`, as records. */
function imageOf(cluster, { role, id, offset }) {
  return until(`${role} ${id} to have offset ${offset}`, 30_000, async () => {
    const folder = logFolder(cluster, role, id);
    const args = [milena, 'metadata', 'at', `${offset}`, folder, '-o', 'ndjson'];
    const { code, stdout } = await run(process.execPath, args, { anyExit: true });
    return code === 0 ? stdout.trim().split('\n').sort() : undefined;
  });
}

/**
 * Every node's disk has the same metadata at the same offset, and all that `writers` were promised; how many nodes that are.
 */
export async function disksAgree(cluster, controllers, writers) {
  const { highWatermark } = await describeQuorum(cluster, controllers);
  const nodes = [
    ...controllers.map((id) => ({ role: 'controller', id })),
    ...cluster.ids('broker').map((id) => ({ role: 'broker', id })),
  ];
  let first;
  for (const node of nodes) {
    const lines = await imageOf(cluster, { ...node, offset: highWatermark - 1 });
    first ??= lines.join('\n');
    expect(lines.join('\n') === first, `${node.role} ${node.id} has other metadata at offset ${highWatermark - 1}`);
    const broken = brokenPromises(
      writers,
      lines.map((line) => JSON.parse(line)),
    );
    expect(broken.length === 0, `on ${node.role} ${node.id}: ${broken.slice(0, 5).join('; ')}`);
  }
  return nodes.length;
}
