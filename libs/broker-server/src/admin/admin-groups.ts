import type {
  BrokerDeleteGroupResponse,
  BrokerDescribeGroupResponse,
  BrokerListGroupOffsetsRequest,
  BrokerListGroupOffsetsResponse,
  BrokerListGroupsRequest,
  BrokerListGroupsResponse,
} from '@milena/cluster-protocol';
import { errorInfo, failure, offset, success, type ErrorName, type Failure, type Result } from '@milena/model';
import type { GroupCoordinators } from '../coordinator/group-coordinators';
import { compare } from './replica-logs';

/** Lists groups coordinated here by id, behind the one that was named. */
export async function listGroups(
  groups: GroupCoordinators,
  { after, limit, states }: BrokerListGroupsRequest,
): Promise<Result<BrokerListGroupsResponse>> {
  const listed = await groups.listGroups({ states, types: [] });
  const behind = listed.groups
    .map((group) => ({ ...group, key: Buffer.from(group.groupId) }))
    .filter(({ key }) => after === '' || Buffer.compare(key, Buffer.from(after)) > 0)
    .sort((left, right) => Buffer.compare(left.key, right.key));
  const page = behind.slice(0, limit).map(({ groupId, protocolType, state }) => ({ groupId, protocolType, state }));
  return success({ error: listed.error, groups: page });
}

/** Describes a group; GROUP_ID_NOT_FOUND when nobody knows it. */
export async function describeGroup(
  groups: GroupCoordinators,
  groupId: string,
): Promise<Result<BrokerDescribeGroupResponse>> {
  const { error, state, protocolType, protocol, members } = await groups.describeGroup(groupId);
  if (error !== 'NONE') return refusal(error, groupId);
  if (state === 'Dead') return refusal('GROUP_ID_NOT_FOUND', groupId);
  return success({ state, protocolType, protocolName: protocol, members });
}

/** Deletes a group without members. */
export async function deleteGroup(
  groups: GroupCoordinators,
  groupId: string,
): Promise<Result<BrokerDeleteGroupResponse>> {
  const [deleted] = await groups.deleteGroups([groupId]);
  const error = deleted?.error ?? 'UNKNOWN_SERVER_ERROR';
  return error === 'NONE' ? success({}) : refusal(error, groupId);
}

/** Lists what a group committed by topic and partition, behind the one that was named. */
export async function listGroupOffsets(
  groups: GroupCoordinators,
  { groupId, after, limit }: BrokerListGroupOffsetsRequest,
): Promise<Result<BrokerListGroupOffsetsResponse>> {
  // A group that nobody knows has committed nothing, which administrators want to be told apart.
  const described = await describeGroup(groups, groupId);
  if (!described.ok) return described;
  const { error, topics } = await groups.fetchOffsets({ groupId });
  if (error !== 'NONE') return refusal(error, groupId);
  const offsets = topics
    .flatMap(({ topic, partitions }) =>
      partitions.map((committed) => ({ ...committed, topicPartition: { topic, partition: committed.partition } })),
    )
    .filter((each) => each.error === 'NONE' && each.offset >= 0)
    .filter(({ topicPartition }) => after === undefined || compare(topicPartition, after) > 0)
    .sort((left, right) => compare(left.topicPartition, right.topicPartition))
    .slice(0, limit);
  return success({
    offsets: offsets.map(({ topicPartition, offset: next, leaderEpoch, metadata }) => ({
      topicPartition,
      offset: offset(next),
      leaderEpoch,
      metadata,
    })),
  });
}

function refusal(error: ErrorName, groupId: string): { readonly ok: false; readonly error: Failure } {
  return failure(error, `group '${groupId}': ${errorInfo(error).text}`);
}
