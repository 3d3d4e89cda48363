import { MalformedInput } from '@milena/bytes';
import { consumerAssignment, describeGroups, offsetFetch, type ResponseOf } from '@milena/kafka-protocol';
import { withCluster, type ClusterClient } from '../kafka/cluster-client';
import { kafkaFailure } from '../kafka/kafka-failure';
import { partitionEnds } from '../kafka/partition-ends';
import { dataText, printObject, printRows, type Column } from '../output/printer';
import type { ClusterOptions } from './cluster-options';

/** Topics have names up to here; later versions name them by id. */
const OFFSETS_BY_NAME_VERSION = 9;
const CONSUMER = 'consumer';

interface GroupMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly host: string;
  readonly assignment: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
}

interface GroupOffset {
  readonly topic: string;
  readonly partition: number;
  /** Null while nothing was committed. */
  readonly committed: number | null;
  /** Null while the partition's leader is not to be had. */
  readonly end: number | null;
  readonly lag: number | null;
  readonly metadata: string;
  /** Member the partition is assigned to. */
  readonly memberId: string | null;
}

interface DescribedGroup {
  readonly groupId: string;
  readonly state: string;
  readonly protocolType: string;
  readonly protocol: string;
  readonly coordinator: number;
  /** Sum over the partitions whose lag is known. */
  readonly lag: number;
  readonly members: readonly GroupMember[];
  readonly offsets: readonly GroupOffset[];
}

const MEMBER_COLUMNS: readonly Column<GroupMember>[] = [
  { heading: 'MEMBER', cell: ({ memberId }) => memberId },
  { heading: 'CLIENT', cell: ({ clientId, instanceId }) => instanceId ?? clientId },
  { heading: 'HOST', cell: ({ host }) => host },
  {
    heading: 'ASSIGNMENT',
    cell: ({ assignment }) =>
      assignment.map(({ topic, partitions }) => `${topic}(${partitions.join(',')})`).join(' ') || '-',
  },
];

const OFFSET_COLUMNS: readonly Column<GroupOffset>[] = [
  { heading: 'TOPIC', cell: ({ topic }) => topic },
  { heading: 'PARTITION', cell: ({ partition }) => partition },
  { heading: 'COMMITTED', cell: ({ committed }) => committed ?? '-' },
  { heading: 'END', cell: ({ end }) => end ?? '-' },
  { heading: 'LAG', cell: ({ lag }) => lag ?? '-' },
  { heading: 'MEMBER', cell: ({ memberId }) => memberId ?? '-' },
];

/** `milena group describe <group>...`: members, what they are assigned, offsets and lag. */
export async function describeGroupsCommand(groupIds: readonly string[], options: ClusterOptions): Promise<void> {
  const groups = await withCluster(options.bootstrapServer, (cluster) =>
    Promise.all(groupIds.map((groupId) => describeGroup(cluster, groupId))),
  );
  if (options.output !== 'table') {
    process.stdout.write(await dataText(options.output, groups));
    return;
  }
  for (const [index, { members, offsets, ...summary }] of groups.entries()) {
    if (index > 0) process.stdout.write('\n');
    await printObject('table', summary);
    if (members.length > 0) process.stdout.write('\n');
    if (members.length > 0) await printRows('table', members, MEMBER_COLUMNS);
    if (offsets.length > 0) process.stdout.write('\n');
    if (offsets.length > 0) await printRows('table', offsets, OFFSET_COLUMNS);
  }
}

async function describeGroup(cluster: ClusterClient, groupId: string): Promise<DescribedGroup> {
  const group = await cluster.askCoordinator(groupId, async (coordinator) => {
    const body = { groups: [groupId], includeAuthorizedOperations: false };
    const [described] = (await coordinator.request(describeGroups, body)).groups;
    if (described !== undefined) return described;
    throw kafkaFailure(`group ${groupId}`, 'GROUP_ID_NOT_FOUND');
  });
  // Brokers of before KIP-1043 have no error for a group that is not there.
  if (group.groupState === 'Dead') throw kafkaFailure(`group ${groupId}`, 'GROUP_ID_NOT_FOUND');
  const members = group.members.map((member) => groupMember(member, group.protocolType));
  const offsets = await groupOffsets(cluster, groupId, members);
  return {
    groupId,
    state: group.groupState,
    protocolType: group.protocolType,
    protocol: group.protocolData,
    coordinator: group.coordinatorId,
    lag: offsets.reduce((sum, { lag }) => sum + (lag ?? 0), 0),
    members,
    offsets,
  };
}

type ProtocolMember = ResponseOf<typeof describeGroups>['groups'][number]['members'][number];

function groupMember(member: ProtocolMember, protocolType: string): GroupMember {
  const { memberId, groupInstanceId: instanceId, clientId, clientHost: host } = member;
  const assignment = protocolType === CONSUMER ? assignedPartitions(member.memberAssignment) : [];
  return { memberId, instanceId, clientId, host, assignment };
}

/** What only clients agree on among themselves; a broker knows it as bytes, which may be anything. */
function assignedPartitions(bytes: Buffer): GroupMember['assignment'] {
  if (bytes.length === 0) return [];
  try {
    return consumerAssignment.decode(bytes).assignedPartitions;
  } catch (error) {
    if (error instanceof MalformedInput) return [];
    throw error;
  }
}

interface Committed {
  readonly offset: number;
  readonly metadata: string;
}

async function groupOffsets(
  cluster: ClusterClient,
  groupId: string,
  members: readonly GroupMember[],
): Promise<readonly GroupOffset[]> {
  const committed = await committedOffsets(cluster, groupId);
  const assigned = new Map(
    members.flatMap(({ memberId, assignment }) =>
      assignment.flatMap(({ topic, partitions }) =>
        partitions.map((partition) => [keyOf(topic, partition), memberId] as const),
      ),
    ),
  );
  const keys = [...new Set([...committed.keys(), ...assigned.keys()])].map(ofKey).sort(byTopicAndPartition);
  const ends = await partitionEnds(cluster, [...new Set(keys.map(({ topic }) => topic))]);
  return keys.map(({ topic, partition }) => {
    const { offset = null, metadata = '' } = committed.get(keyOf(topic, partition)) ?? {};
    const end = ends.get(topic)?.get(partition) ?? null;
    const lag = offset === null || end === null ? null : Math.max(0, end - offset);
    const memberId = assigned.get(keyOf(topic, partition)) ?? null;
    return { topic, partition, committed: offset, end, lag, metadata, memberId };
  });
}

async function committedOffsets(cluster: ClusterClient, groupId: string): Promise<ReadonlyMap<string, Committed>> {
  const answer = await cluster.askCoordinator(groupId, async (coordinator) => {
    const body = { groupId, topics: null, groups: [{ groupId, topics: null }], requireStable: false };
    const response = await coordinator.request(offsetFetch, body, { versionMax: OFFSETS_BY_NAME_VERSION });
    return response.groups[0] ?? response;
  });
  return new Map(
    answer.topics.flatMap(({ name, partitions }) =>
      partitions
        .filter(({ errorCode, committedOffset }) => errorCode === 0 && committedOffset >= 0)
        .map(({ partitionIndex, committedOffset, metadata }) => {
          return [keyOf(name, partitionIndex), { offset: committedOffset, metadata: metadata ?? '' }] as const;
        }),
    ),
  );
}

const keyOf = (topic: string, partition: number) => `${partition}@${topic}`;

function ofKey(key: string): { readonly topic: string; readonly partition: number } {
  const split = key.indexOf('@');
  return { topic: key.slice(split + 1), partition: Number(key.slice(0, split)) };
}

function byTopicAndPartition(
  left: { readonly topic: string; readonly partition: number },
  right: { readonly topic: string; readonly partition: number },
): number {
  if (left.topic === right.topic) return left.partition - right.partition;
  return left.topic < right.topic ? -1 : 1;
}
