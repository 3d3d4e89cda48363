import { defineApi } from '../api';
import { array, int16, int32, int64, records, string, struct, uuid } from '../field';
import { nodeEndpoints } from './node-endpoints';

/**
 * Produce (0): appends record batches. No response is sent for acks=0.
 * v1 throttle time; v2 log append time; v3 transactional id, batch format 2 (KIP-98); v5 log start offset; v7 zstd
 * (KIP-110); v8 record errors and message (KIP-467); v9 flexible; v10 current leader and node endpoints (KIP-951);
 * v11 TRANSACTION_ABORTABLE and v12 implicit partition adding (KIP-890); v13 topic ids (KIP-516).
 * Versions 0 to 2 are not served, but advertised, because librdkafka sends no compressed batch to a broker whose
 * range does not start at 0 (KAFKA-18659).
 */
export const produce = defineApi({
  key: 0,
  name: 'Produce',
  versions: { min: 0, max: 13 },
  servedSince: 3,
  flexibleSince: 9,
  request: {
    transactionalId: string('3+', { nullable: '3+', default: null }),
    acks: int16('0+'),
    timeoutMs: int32('0+'),
    topicData: array('0+', {
      name: string('0-12'),
      topicId: uuid('13+'),
      partitionData: array('0+', {
        index: int32('0+'),
        records: records('0+', { nullable: '0+' }),
      }),
    }),
  },
  response: {
    responses: array('0+', {
      name: string('0-12'),
      topicId: uuid('13+'),
      partitionResponses: array('0+', {
        index: int32('0+'),
        errorCode: int16('0+'),
        baseOffset: int64('0+'),
        logAppendTimeMs: int64('2+', { default: -1 }),
        logStartOffset: int64('5+', { default: -1 }),
        recordErrors: array('8+', {
          batchIndex: int32('0+'),
          batchIndexErrorMessage: string('0+', { nullable: '0+', default: null }),
        }),
        errorMessage: string('8+', { nullable: '8+', default: null }),
        currentLeader: struct('10+', { leaderId: int32('0+'), leaderEpoch: int32('0+') }, { tag: 0 }),
      }),
    }),
    throttleTimeMs: int32('1+'),
    nodeEndpoints: nodeEndpoints('10+'),
  },
});
