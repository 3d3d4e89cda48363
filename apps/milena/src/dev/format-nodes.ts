import { formatStorage, type FirstVoters } from '@milena/raft-driver';
import { parseEndpoint } from '@milena/model';
import { storagePlatform } from '../commands/storage-platform';
import type { DevNode } from './dev-node';
import type { DevState } from './dev-state';

/**
 * Formats the folders of nodes that have none yet; the controllers are the first voters. Gateways and shims would prepare
 * theirs themselves, but only once the quorum has told them its id.
 */
export async function formatNodes(state: DevState, nodes: readonly DevNode[]): Promise<void> {
  const voters = firstVoters(state);
  const platform = storagePlatform();
  await Promise.all(
    nodes.map(({ role, id, config }) =>
      formatStorage({
        platform,
        logFolders: [...new Set([config.dataFolder, config.metadataFolder])],
        metadataLogFolder: config.metadataFolder,
        clusterId: state.clusterId,
        nodeId: id,
        voters: role === 'controller' ? voters : { kind: 'none' },
        ignoreFormatted: true,
      }),
    ),
  );
}

function firstVoters(state: DevState): FirstVoters {
  const voters = state.controllers.map(({ id, directoryId, listeners }) => {
    const name = 'CONTROLLER';
    const endpoint = parseEndpoint(listeners[name] ?? '') ?? { host: '', port: 0 };
    return { voterId: id, directoryId, endpoints: [{ name, ...endpoint }] };
  });
  return { kind: 'initial', voters };
}
