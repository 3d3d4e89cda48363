import { defineApi } from '../api';
import { array, int16, int32, int64, int64Clamped, int8, string } from '../field';

/**
 * ListOffsets (2): the offset for a timestamp, or for a special one below zero.
 * v2 isolation level, throttle time; v4 leader epoch (KIP-320); v5 OFFSET_NOT_AVAILABLE (KIP-207); v6 flexible;
 * v7 max timestamp, -3 (KIP-734); v8 earliest local offset, -4 (KIP-405); v9 latest tiered offset, -5 (KIP-1005);
 * v10 timeout for remote reads (KIP-1075); v11 earliest offset not yet tiered, -6 (KIP-1023).
 */
export const listOffsets = defineApi({
  key: 2,
  name: 'ListOffsets',
  versions: { min: 1, max: 11 },
  flexibleSince: 6,
  request: {
    replicaId: int32('0+'),
    isolationLevel: int8('2+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        currentLeaderEpoch: int32('4+', { default: -1 }),
        timestamp: int64Clamped('0+'),
      }),
    }),
    timeoutMs: int32('10+'),
  },
  response: {
    throttleTimeMs: int32('2+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        timestamp: int64('1+', { default: -1 }),
        offset: int64('1+', { default: -1 }),
        leaderEpoch: int32('4+', { default: -1 }),
      }),
    }),
  },
});
