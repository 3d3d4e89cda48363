import type { MessageInitShape } from '@bufbuild/protobuf';
import { describeReplicaLogsRpc, type ReplicaLogState } from '@milena/cluster-protocol';
import type { PartitionState, TopicImage } from '@milena/metadata';
import { NO_NODE, success, type TopicPartition } from '@milena/model';
import type { PartitionSchema, TopicService } from '@milena/proto';
import type { AdminAnswer, AdminCall } from './admin-method';
import type { GatewayContext } from './gateway-context';
import { isNumberKey, pageOf, requestedPage, type PageFields } from './paging';
import { partitionKey } from './partition-key';
import type { ReadFields } from './read-metadata';
import { brokerName, partitionName } from './resource-name';
import { findTopic } from './topic-message';

/** What a list of partitions is asked with. */
export interface ListPartitionsFields extends PageFields, ReadFields {
  readonly parent: string;
  readonly includeLogs: boolean;
}

/** Lists the partitions of a topic; with logs, what their leaders say of them. */
export async function listPartitions(
  context: GatewayContext,
  { parent, includeLogs, ...fields }: ListPartitionsFields,
  call: AdminCall,
): AdminAnswer<typeof TopicService, 'listPartitions'> {
  const metadata = await context.read(fields, call);
  if (!metadata.ok) return metadata;
  const topic = findTopic(metadata.value.image, parent, 'parent');
  if (!topic.ok) return topic;
  const page = requestedPage(fields, `${parent}/partitions`, isNumberKey);
  if (!page.ok) return page;
  const { after } = page.value;
  const behind = statesFrom(topic.value, after === undefined ? 0 : Number(after) + 1);
  const { items, nextPageToken } = pageOf(behind, page.value, ({ index }) => String(index));
  const asked = items.map(({ index, state }) => ({
    topicPartition: { topic: topic.value.name, partition: index },
    leaderId: state.leader,
  }));
  const { logs, unreachable } = await leaderLogs(context, includeLogs ? asked : [], call);
  const partitions = items.map(({ index, state }) => {
    const topicPartition = { topic: topic.value.name, partition: index };
    return partitionMessage(topicPartition, state, logs.get(partitionKey(topicPartition)));
  });
  return success({ partitions, nextPageToken, unreachable });
}

function* statesFrom(topic: TopicImage, first: number): Iterable<{ index: number; state: PartitionState }> {
  for (let index = first; index < topic.partitionCount; index++) {
    const state = topic.partition(index);
    if (state !== undefined) yield { index, state };
  }
}

/** A partition whose leader is to be asked. */
export interface LedPartition {
  readonly topicPartition: TopicPartition;
  /** NO_NODE while there is no leader; then nobody is asked. */
  readonly leaderId: number;
}

/** What the leaders of partitions say of their logs, and who did not answer. All are asked at the same time. */
export async function leaderLogs(
  context: GatewayContext,
  partitions: readonly LedPartition[],
  call: AdminCall,
): Promise<{ readonly logs: ReadonlyMap<string, ReplicaLogState>; readonly unreachable: string[] }> {
  const byLeader = new Map<number, TopicPartition[]>();
  for (const { topicPartition, leaderId } of partitions) {
    if (leaderId === NO_NODE) continue;
    const together = byLeader.get(leaderId) ?? [];
    byLeader.set(leaderId, together);
    together.push(topicPartition);
  }
  const logs = new Map<string, ReplicaLogState>();
  const unreachable: string[] = [];
  const leaders = [...byLeader].sort(([left], [right]) => left - right);
  const answers = await Promise.all(
    leaders.map(async ([leaderId, led]) => ({
      leaderId,
      answer: await context.askBroker(leaderId, describeReplicaLogsRpc, { partitions: led }, call),
    })),
  );
  for (const { leaderId, answer } of answers) {
    if (!answer.ok) unreachable.push(brokerName(leaderId));
    // A broker that has just lost the leadership knows less than whoever has it now.
    else for (const log of answer.value.logs) if (log.isLeader) logs.set(partitionKey(log.topicPartition), log);
  }
  return { logs, unreachable };
}

function partitionMessage(
  topicPartition: TopicPartition,
  state: PartitionState,
  log: ReplicaLogState | undefined,
): MessageInitShape<typeof PartitionSchema> {
  return {
    name: partitionName(topicPartition),
    index: topicPartition.partition,
    ...(state.leader === NO_NODE ? {} : { leaderId: state.leader }),
    leaderEpoch: state.leaderEpoch,
    partitionEpoch: state.partitionEpoch,
    replicaIds: [...state.replicas],
    isrIds: [...state.isr],
    addingReplicaIds: [...state.addingReplicas],
    removingReplicaIds: [...state.removingReplicas],
    elrIds: [...state.elr],
    ...(log === undefined ? {} : { log: logMessage(log) }),
  };
}

function logMessage({ logStartOffset, highWatermark, logEndOffset, sizeInBytes }: ReplicaLogState) {
  return {
    logStartOffset: BigInt(logStartOffset),
    highWatermark: BigInt(highWatermark),
    logEndOffset: BigInt(logEndOffset),
    sizeBytes: BigInt(sizeInBytes),
  };
}
