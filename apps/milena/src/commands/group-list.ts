import { listGroups } from '@milena/kafka-protocol';
import { withCluster, type ClusterClient } from '../kafka/cluster-client';
import { retryPassingErrors } from '../kafka/retry-passing-errors';
import { printRows, type Column } from '../output/printer';
import type { ClusterOptions } from './cluster-options';

/** A group as the broker that coordinates it lists it. */
export interface ListedGroup {
  readonly groupId: string;
  readonly state: string;
  readonly protocolType: string;
  readonly type: string;
  readonly coordinator: number;
}

const COLUMNS: readonly Column<ListedGroup>[] = [
  { heading: 'GROUP', cell: ({ groupId }) => groupId },
  { heading: 'STATE', cell: ({ state }) => state },
  { heading: 'PROTOCOL', cell: ({ protocolType }) => protocolType || '-' },
  { heading: 'COORDINATOR', cell: ({ coordinator }) => coordinator },
];

/** `milena group list`. */
export async function listGroupsCommand(options: ClusterOptions): Promise<void> {
  await printRows(options.output, await withCluster(options.bootstrapServer, allGroups), COLUMNS);
}

/** The groups of every live broker, by name. */
export async function allGroups(cluster: ClusterClient): Promise<readonly ListedGroup[]> {
  const live = (await cluster.brokers()).filter(({ isFenced }) => !isFenced);
  const lists = await Promise.all(
    live.map(async ({ brokerId }) => {
      const client = await cluster.broker(brokerId);
      const body = { statesFilter: [], typesFilter: [] };
      const { groups } = await retryPassingErrors(`groups of broker ${brokerId}`, () =>
        client.request(listGroups, body),
      );
      return groups.map(({ groupId, groupState, groupType, protocolType }) => {
        return { groupId, state: groupState, protocolType, type: groupType, coordinator: brokerId };
      });
    }),
  );
  return lists.flat().sort((left, right) => (left.groupId < right.groupId ? -1 : 1));
}
