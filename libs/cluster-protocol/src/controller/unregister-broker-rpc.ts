import type { UnregisterBrokerRequest, UnregisterBrokerResponse } from '@milena/controller';
import type { Offset } from '@milena/model';
import { UnregisterBrokerRequestSchema, UnregisterBrokerResponseSchema } from '@milena/proto';
import { defineRpc } from '../rpc';
import { naturalFromWire, offsetOrNoneFromWire } from '../wire-values';
import { outcomeFromWire, outcomeToWire } from './wire-outcome';

/** Forgets the registration of a broker that is gone for good. */
export const unregisterBrokerRpc = defineRpc(
  'controller.v1.ControllerService/UnregisterBroker',
  {
    schema: UnregisterBrokerRequestSchema,
    toWire: ({ principal, brokerId, timeoutMs }: UnregisterBrokerRequest) => ({ principal, brokerId, timeoutMs }),
    fromWire: (message): UnregisterBrokerRequest => ({
      principal: message.principal,
      brokerId: message.brokerId,
      timeoutMs: naturalFromWire(message.timeoutMs, 'timeout'),
    }),
  },
  {
    schema: UnregisterBrokerResponseSchema,
    toWire: ({ result, metadataOffset }: UnregisterBrokerResponse) => ({
      ...outcomeToWire(result),
      metadataOffset: BigInt(metadataOffset),
    }),
    fromWire: (message): UnregisterBrokerResponse => ({
      result: outcomeFromWire(message, () => null),
      metadataOffset: offsetOrNoneFromWire(message.metadataOffset) as Offset,
    }),
  },
);
