import { defineApi } from '../api';
import { array, int16, int32, int64, int64Clamped, string, uuid } from '../field';

/**
 * OffsetCommit (8): a group's position in each partition.
 * v2 to v4 carry a retention time, which KIP-211 gave to the broker; v3 throttle time; v6 leader epoch (KIP-320);
 * v7 static members (KIP-345); v8 flexible; v9 members of the KIP-848 protocol; v10 topic ids (KIP-848).
 */
export const offsetCommit = defineApi({
  key: 8,
  name: 'OffsetCommit',
  versions: { min: 2, max: 10 },
  flexibleSince: 8,
  request: {
    groupId: string('0+'),
    generationIdOrMemberEpoch: int32('1+', { default: -1 }),
    memberId: string('1+'),
    groupInstanceId: string('7+', { nullable: '7+', default: null }),
    retentionTimeMs: int64Clamped('2-4', { default: -1 }),
    topics: array('0+', {
      name: string('0-9'),
      topicId: uuid('10+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        committedOffset: int64('0+'),
        committedLeaderEpoch: int32('6+', { default: -1 }),
        committedMetadata: string('0+', { nullable: '0+' }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('3+'),
    topics: array('0+', {
      name: string('0-9'),
      topicId: uuid('10+'),
      partitions: array('0+', { partitionIndex: int32('0+'), errorCode: int16('0+') }),
    }),
  },
});
