import type { MetadataImage } from '@milena/metadata';
import { failure, producerId, success, type ProducerId, type Result } from '@milena/model';
import { checkBrokerEpoch } from '../brokers/check-broker-epoch';
import { decide, type Decision } from '../decision';

/** Producer ids in one block (Kafka's ProducerIdsBlock). */
export const PRODUCER_ID_BLOCK_SIZE = 1000;

/** AllocateProducerIds (KIP-730). */
export interface AllocateProducerIdsRequest {
  readonly principal: string;
  readonly brokerId: number;
  readonly brokerEpoch: number;
}

/** A block of producer ids nobody else will ever get. */
export interface AllocateProducerIdsResponse {
  readonly firstProducerId: ProducerId;
  readonly count: number;
}

/** Hands out the next block. A block given to a broker that dies is not given again. */
export function allocateProducerIds(
  image: MetadataImage,
  { brokerId, brokerEpoch }: AllocateProducerIdsRequest,
): Decision<Result<AllocateProducerIdsResponse>> {
  const checked = checkBrokerEpoch(image, { brokerId, brokerEpoch });
  if (!checked.ok) return decide([], checked);
  const firstProducerId = image.nextProducerId;
  const next = firstProducerId + PRODUCER_ID_BLOCK_SIZE;
  if (!Number.isSafeInteger(next)) return decide([], failure('UNKNOWN_SERVER_ERROR', 'all producer ids are used up'));
  return decide(
    [{ type: 'ProducerIdsRecord', brokerId, brokerEpoch: checked.value.epoch, nextProducerId: producerId(next) }],
    success({ firstProducerId, count: PRODUCER_ID_BLOCK_SIZE }),
  );
}
