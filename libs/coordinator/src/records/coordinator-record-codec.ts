import { ByteReader } from '@milena/bytes';
import { groupMetadataKey, groupMetadataValue, offsetCommitKey, offsetCommitValue } from '@milena/kafka-protocol';
import { invariant, unreachable } from '@milena/model';
import type { CommittedOffset, CoordinatorRecord, KeyedBytes, PersistedGroup } from './coordinator-record';

/** Versions written: what Kafka writes and every tool reads. */
const OFFSET_KEY_VERSION = 1;
const OFFSET_VALUE_VERSION = 3;
/** The one version that has a time of expiry; it has no leader epoch. */
const EXPIRING_OFFSET_VALUE_VERSION = 1;
const GROUP_KEY_VERSION = 2;
const GROUP_VALUE_VERSION = 3;

/** The bytes of a record, laid out as Kafka lays them out. */
export function encodeCoordinatorRecord(record: CoordinatorRecord): KeyedBytes {
  switch (record.type) {
    case 'OffsetCommit': {
      const { groupId: group, topic, partition, value } = record;
      const key = offsetCommitKey.encode(OFFSET_KEY_VERSION, { group, topic, partition });
      return { key, value: value === undefined ? null : encodeOffset(value) };
    }
    case 'GroupMetadata': {
      const key = groupMetadataKey.encode(GROUP_KEY_VERSION, { group: record.groupId });
      return { key, value: record.value === undefined ? null : encodeGroup(record.value) };
    }
    case 'Unknown':
      invariant(false, 'records nobody knows are not written');
      break;
    default:
      unreachable(record);
  }
}

/** Reads a record; MalformedInput when a key or value of a known kind makes no sense. Nothing of the bytes is kept. */
export function decodeCoordinatorRecord({ key, value }: KeyedBytes): CoordinatorRecord {
  const keyVersion = new ByteReader(key).int16();
  if (keyVersion >= offsetCommitKey.versionMin && keyVersion <= offsetCommitKey.versionMax) {
    const { group: groupId, topic, partition } = offsetCommitKey.decode(key);
    return { type: 'OffsetCommit', groupId, topic, partition, value: value === null ? undefined : decodeOffset(value) };
  }
  if (keyVersion === GROUP_KEY_VERSION) {
    const { group: groupId } = groupMetadataKey.decode(key);
    return { type: 'GroupMetadata', groupId, value: value === null ? undefined : decodeGroup(value) };
  }
  return { type: 'Unknown', keyVersion };
}

function encodeOffset({ expireTimestamp, ...value }: CommittedOffset): Buffer {
  return expireTimestamp === undefined
    ? offsetCommitValue.encode(OFFSET_VALUE_VERSION, value)
    : offsetCommitValue.encode(EXPIRING_OFFSET_VALUE_VERSION, { ...value, expireTimestamp });
}

function decodeOffset(bytes: Buffer): CommittedOffset {
  const { offset, leaderEpoch, metadata, commitTimestamp, expireTimestamp } = offsetCommitValue.decode(bytes);
  const value = { offset, leaderEpoch, metadata, commitTimestamp };
  return expireTimestamp < 0 ? value : { ...value, expireTimestamp };
}

function encodeGroup({ protocolType, generation, protocol, leader, stateTimestamp, members }: PersistedGroup): Buffer {
  return groupMetadataValue.encode(GROUP_VALUE_VERSION, {
    protocolType,
    generation,
    protocol: protocol ?? null,
    leader: leader ?? null,
    currentStateTimestamp: stateTimestamp,
    members: members.map(({ groupInstanceId, rebalanceTimeoutMs, sessionTimeoutMs, ...member }) => ({
      ...member,
      groupInstanceId: groupInstanceId ?? null,
      rebalanceTimeout: rebalanceTimeoutMs,
      sessionTimeout: sessionTimeoutMs,
    })),
  });
}

function decodeGroup(bytes: Buffer): PersistedGroup {
  const { protocolType, generation, protocol, leader, currentStateTimestamp, members } =
    groupMetadataValue.decode(bytes);
  return {
    protocolType,
    generation,
    ...(protocol === null ? {} : { protocol }),
    ...(leader === null ? {} : { leader }),
    stateTimestamp: currentStateTimestamp,
    members: members.map((member) => ({
      memberId: member.memberId,
      ...(member.groupInstanceId === null ? {} : { groupInstanceId: member.groupInstanceId }),
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeoutMs: member.rebalanceTimeout < 0 ? member.sessionTimeout : member.rebalanceTimeout,
      sessionTimeoutMs: member.sessionTimeout,
      // Copies: a view would keep a whole read of the log alive for as long as the group lives.
      subscription: Buffer.from(member.subscription),
      assignment: Buffer.from(member.assignment),
    })),
  };
}
