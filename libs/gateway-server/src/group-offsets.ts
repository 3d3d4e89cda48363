import type { MessageInitShape } from '@bufbuild/protobuf';
import { listGroupOffsetsRpc, type BrokerGroupOffset, type ReplicaLogState } from '@milena/cluster-protocol';
import { NO_NODE, success } from '@milena/model';
import type { GroupOffsetSchema, GroupService } from '@milena/proto';
import type { AdminAnswer, AdminCall } from './admin-method';
import { askCoordinator } from './ask-coordinator';
import type { GatewayContext } from './gateway-context';
import { pageOf, requestedPage, type PageFields } from './paging';
import { isPartitionKey, parsePartitionKey, partitionKey } from './partition-key';
import { groupName, parseGroupName } from './resource-name';
import { leaderLogs } from './topic-partitions';

/** Lists what a group committed, and how far it is behind what the leaders of the partitions have. */
export async function listGroupOffsets(
  context: GatewayContext,
  { parent, ...fields }: PageFields & { readonly parent: string },
  call: AdminCall,
): AdminAnswer<typeof GroupService, 'listGroupOffsets'> {
  const parsed = parseGroupName(parent, 'parent');
  if (!parsed.ok) return parsed;
  const groupId = parsed.value;
  const page = requestedPage(fields, `${groupName(groupId)}/offsets`, isPartitionKey);
  if (!page.ok) return page;
  const after = page.value.after === undefined ? {} : { after: parsePartitionKey(page.value.after) };
  const request = { groupId, ...after, limit: page.value.size + 1 };
  const answer = await askCoordinator(context, groupId, listGroupOffsetsRpc, request, call);
  if (!answer.ok) return answer;
  const metadata = context.metadata();
  if (!metadata.ok) return metadata;
  const { image } = metadata.value;
  const { items, nextPageToken } = pageOf(answer.value.response.offsets, page.value, ({ topicPartition }) =>
    partitionKey(topicPartition),
  );
  const led = items.map(({ topicPartition }) => {
    const state = image.topicByName(topicPartition.topic)?.partition(topicPartition.partition);
    return { topicPartition, leaderId: state?.leader ?? NO_NODE };
  });
  const { logs, unreachable } = await leaderLogs(context, led, call);
  const offsets = items.map((item) => offsetMessage(item, logs.get(partitionKey(item.topicPartition))));
  return success({ offsets, nextPageToken, unreachable });
}

function offsetMessage(
  { topicPartition, offset, leaderEpoch, metadata }: BrokerGroupOffset,
  log: ReplicaLogState | undefined,
): MessageInitShape<typeof GroupOffsetSchema> {
  return {
    ...topicPartition,
    committedOffset: BigInt(offset),
    ...(leaderEpoch < 0 ? {} : { leaderEpoch }),
    metadata,
    ...(log === undefined ? {} : ends(log.highWatermark, offset)),
  };
}

function ends(highWatermark: number, committed: number): { highWatermark: bigint; lag: bigint } {
  return { highWatermark: BigInt(highWatermark), lag: BigInt(Math.max(0, highWatermark - committed)) };
}
