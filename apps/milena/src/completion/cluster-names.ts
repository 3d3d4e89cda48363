import { metadata } from '@milena/kafka-protocol';
import { allGroups } from '../commands/group-list';
import { withCluster, type ClusterClient } from '../kafka/cluster-client';
import type { NameKind, NameSource } from './completions';

/** Whoever presses Tab waits for this. */
const WITHIN_MS = 1_000;

/** Names from a live cluster; none when it does not answer in a second. */
export const clusterNames: NameSource = {
  names: (kind, bootstrapServer) =>
    Promise.race([
      withCluster(bootstrapServer, (cluster) => namesOf(kind, cluster)).catch(() => []),
      new Promise<readonly string[]>((resolve) => setTimeout(() => resolve([]), WITHIN_MS).unref()),
    ]),
};

async function namesOf(kind: NameKind, cluster: ClusterClient): Promise<readonly string[]> {
  if (kind === 'broker') return (await cluster.brokers()).map(({ brokerId }) => `${brokerId}`);
  if (kind === 'group') return (await allGroups(cluster)).map(({ groupId }) => groupId);
  const { topics } = await cluster.any.request(metadata, { topics: null, allowAutoTopicCreation: false });
  return topics.flatMap(({ name }) => name ?? []).sort();
}
