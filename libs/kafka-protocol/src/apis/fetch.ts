import { defineApi } from '../api';
import { array, int16, int32, int32List, int64, int64Clamped, int8, records, string, struct, uuid } from '../field';
import { nodeEndpoints } from './node-endpoints';

/**
 * Fetch (1): reads record batches from an offset on.
 * v4 isolation level (KIP-98); v5 log start offset (KIP-107); v7 sessions (KIP-227); v9 leader epoch (KIP-320);
 * v10 zstd (KIP-110); v11 rack (KIP-392); v12 flexible, diverging epoch (KIP-595); v13 topic ids (KIP-516);
 * v14 OFFSET_MOVED_TO_TIERED_STORAGE (KIP-405); v15 replica state (KIP-903); v16 node endpoints (KIP-951);
 * v17 replica directory id (KIP-853); v18 high watermark (KIP-1166).
 */
export const fetch = defineApi({
  key: 1,
  name: 'Fetch',
  versions: { min: 4, max: 18 },
  flexibleSince: 12,
  request: {
    clusterId: string('12+', { nullable: '12+', tag: 0, default: null }),
    replicaId: int32('0-14', { default: -1 }),
    replicaState: struct('15+', { replicaId: int32('0+'), replicaEpoch: int64('0+') }, { tag: 1 }),
    maxWaitMs: int32('0+'),
    minBytes: int32('0+'),
    maxBytes: int32('3+', { default: 0x7fffffff }),
    isolationLevel: int8('4+'),
    sessionId: int32('7+'),
    sessionEpoch: int32('7+', { default: -1 }),
    topics: array('0+', {
      topic: string('0-12'),
      topicId: uuid('13+'),
      partitions: array('0+', {
        partition: int32('0+'),
        currentLeaderEpoch: int32('9+', { default: -1 }),
        fetchOffset: int64Clamped('0+'),
        lastFetchedEpoch: int32('12+', { default: -1 }),
        logStartOffset: int64('5+', { default: -1 }),
        partitionMaxBytes: int32('0+'),
        replicaDirectoryId: uuid('17+', { tag: 0 }),
        highWatermark: int64Clamped('18+', { tag: 1, default: Number.MAX_SAFE_INTEGER }),
      }),
    }),
    forgottenTopicsData: array('7+', {
      topic: string('7-12'),
      topicId: uuid('13+'),
      partitions: int32List('0+'),
    }),
    rackId: string('11+'),
  },
  response: {
    throttleTimeMs: int32('1+'),
    errorCode: int16('7+'),
    sessionId: int32('7+'),
    responses: array('0+', {
      topic: string('0-12'),
      topicId: uuid('13+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        highWatermark: int64('0+'),
        lastStableOffset: int64('4+', { default: -1 }),
        logStartOffset: int64('5+', { default: -1 }),
        divergingEpoch: struct('12+', { epoch: int32('0+'), endOffset: int64('0+') }, { tag: 0 }),
        currentLeader: struct('12+', { leaderId: int32('0+'), leaderEpoch: int32('0+') }, { tag: 1 }),
        snapshotId: struct('12+', { endOffset: int64('0+'), epoch: int32('0+') }, { tag: 2 }),
        abortedTransactions: array(
          '4+',
          { producerId: int64('0+'), firstOffset: int64('0+') },
          { nullable: '4+', default: null },
        ),
        preferredReadReplica: int32('11+', { default: -1 }),
        records: records('0+', { nullable: '0+' }),
      }),
    }),
    nodeEndpoints: nodeEndpoints('16+'),
  },
});
