import { defineApi } from '../api';
import { int16, int32, int64, string } from '../field';

/**
 * InitProducerId (22): a producer id and epoch for an idempotent or transactional producer (KIP-98).
 * v2 flexible; v3 current id and epoch, to resume after INVALID_PRODUCER_EPOCH (KIP-360); v4 PRODUCER_FENCED (KIP-588);
 * v5 TRANSACTION_ABORTABLE (KIP-890).
 */
export const initProducerId = defineApi({
  key: 22,
  name: 'InitProducerId',
  versions: { min: 0, max: 5 },
  flexibleSince: 2,
  request: {
    transactionalId: string('0+', { nullable: '0+' }),
    transactionTimeoutMs: int32('0+'),
    producerId: int64('3+', { default: -1 }),
    producerEpoch: int16('3+', { default: -1 }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    producerId: int64('0+', { default: -1 }),
    producerEpoch: int16('0+'),
  },
});
