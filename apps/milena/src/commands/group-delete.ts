import { deleteGroups } from '@milena/kafka-protocol';
import { withCluster } from '../kafka/cluster-client';
import { printRows } from '../output/printer';
import type { ClusterOptions } from './cluster-options';

/** `milena group delete <group>...`: forgets groups without members and their offsets; the first that cannot be ends it. */
export async function deleteGroupsCommand(groupIds: readonly string[], options: ClusterOptions): Promise<void> {
  await withCluster(options.bootstrapServer, async (cluster) => {
    const deleted: { readonly groupId: string }[] = [];
    try {
      for (const groupId of groupIds) {
        await cluster.askCoordinator(groupId, async (coordinator) => {
          const { results } = await coordinator.request(deleteGroups, { groupsNames: [groupId] });
          return results[0] ?? { errorCode: 0 };
        });
        deleted.push({ groupId });
      }
    } finally {
      if (deleted.length > 0) {
        await printRows(options.output, deleted, [{ heading: 'DELETED', cell: ({ groupId }) => groupId }]);
      }
    }
  });
}
