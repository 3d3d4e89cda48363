import type { AllocateProducerIdsRequest, AllocateProducerIdsResponse } from '@milena/controller';
import { NO_PRODUCER_ID, producerId, type Result } from '@milena/model';
import { AllocateProducerIdsRequestSchema, AllocateProducerIdsResponseSchema } from '@milena/proto';
import { naturalFromWire, offsetFromWire } from '../wire-values';
import { defineRpc } from '../rpc';
import { outcomeFromWire, outcomeToWire } from './wire-outcome';

/** A block of producer ids (KIP-730). */
export const allocateProducerIdsRpc = defineRpc(
  'controller.v1.ControllerService/AllocateProducerIds',
  {
    schema: AllocateProducerIdsRequestSchema,
    toWire: ({ principal, brokerId, brokerEpoch }: AllocateProducerIdsRequest) => ({
      principal,
      brokerId,
      brokerEpoch: BigInt(brokerEpoch),
    }),
    fromWire: (message): AllocateProducerIdsRequest => ({
      principal: message.principal,
      brokerId: naturalFromWire(message.brokerId, 'broker id'),
      brokerEpoch: offsetFromWire(message.brokerEpoch),
    }),
  },
  {
    schema: AllocateProducerIdsResponseSchema,
    toWire: (response: Result<AllocateProducerIdsResponse>) => ({
      ...outcomeToWire(response),
      producerIdStart: BigInt(response.ok ? response.value.firstProducerId : NO_PRODUCER_ID),
      producerIdLen: response.ok ? response.value.count : 0,
    }),
    fromWire: (message): Result<AllocateProducerIdsResponse> =>
      outcomeFromWire(message, () => ({
        firstProducerId: producerId(offsetFromWire(message.producerIdStart)),
        count: naturalFromWire(message.producerIdLen, 'count of producer ids'),
      })),
  },
);
