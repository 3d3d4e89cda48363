import { defineApi } from '../api';
import { array, bool, int16, int32, int32List, int64, string, uuid } from '../field';

/**
 * OffsetFetch (9): where groups stand.
 * v2 null topics mean all, top-level error; v3 throttle time; v5 leader epoch (KIP-320); v6 flexible; v7 only offsets
 * that no open transaction may still change (KIP-447); v8 several groups (KIP-709); v9 member id and epoch and v10 topic
 * ids (KIP-848). Up to v7 `topics` is the one group's, from v8 on `groups` has them.
 */
export const offsetFetch = defineApi({
  key: 9,
  name: 'OffsetFetch',
  versions: { min: 1, max: 10 },
  flexibleSince: 6,
  request: {
    groupId: string('0-7'),
    topics: array('0-7', { name: string('0+'), partitionIndexes: int32List('0+') }, { nullable: '2-7' }),
    groups: array('8+', {
      groupId: string('0+'),
      memberId: string('9+', { nullable: '9+', default: null }),
      memberEpoch: int32('9+', { default: -1 }),
      topics: array(
        '0+',
        { name: string('0-9'), topicId: uuid('10+'), partitionIndexes: int32List('0+') },
        { nullable: '8+' },
      ),
    }),
    requireStable: bool('7+'),
  },
  response: {
    throttleTimeMs: int32('3+'),
    topics: array('0-7', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        committedOffset: int64('0+'),
        committedLeaderEpoch: int32('5+', { default: -1 }),
        metadata: string('0+', { nullable: '0+' }),
        errorCode: int16('0+'),
      }),
    }),
    errorCode: int16('2-7'),
    groups: array('8+', {
      groupId: string('0+'),
      topics: array('0+', {
        name: string('0-9'),
        topicId: uuid('10+'),
        partitions: array('0+', {
          partitionIndex: int32('0+'),
          committedOffset: int64('0+'),
          committedLeaderEpoch: int32('0+', { default: -1 }),
          metadata: string('0+', { nullable: '0+' }),
          errorCode: int16('0+'),
        }),
      }),
      errorCode: int16('0+', { default: 0 }),
    }),
  },
});
