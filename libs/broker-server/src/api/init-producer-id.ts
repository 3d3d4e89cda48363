import { initProducerId } from '@milena/kafka-protocol';
import { errorCode, errorInfo, type ErrorName } from '@milena/model';
import type { ApiHandler } from './api-handler';

/**
 * InitProducerId for idempotent producers: a fresh id with epoch 0, whatever id the producer had before, as Kafka does.
 * Transactional producers get UNSUPPORTED_VERSION, which every client reports instead of trying again.
 */
export const initProducerIdApi: ApiHandler<typeof initProducerId> = {
  api: initProducerId,
  async handle({ transactionalId }, { broker }) {
    if (transactionalId === '') return failed('INVALID_REQUEST');
    if (transactionalId !== null) return failed('UNSUPPORTED_VERSION');
    const allocated = await broker.producerIds.next();
    if (!allocated.ok) return failed(retriedByOldClients(allocated.error.code));
    return { throttleTimeMs: 0, errorCode: 0, producerId: allocated.value, producerEpoch: 0 };
  },
};

/** Older clients take any error but this one for final, even one that only says that no controller answers right now. */
function retriedByOldClients(error: ErrorName): ErrorName {
  return errorInfo(error).retriable ? 'COORDINATOR_LOAD_IN_PROGRESS' : error;
}

function failed(error: ErrorName) {
  return { throttleTimeMs: 0, errorCode: errorCode(error), producerId: -1, producerEpoch: -1 };
}
