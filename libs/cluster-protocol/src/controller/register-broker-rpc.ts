import type { RegisterBrokerRequest, RegisterBrokerResponse } from '@milena/controller';
import { NO_OFFSET, type Result } from '@milena/model';
import { RegisterBrokerRequestSchema, RegisterBrokerResponseSchema } from '@milena/proto';
import { naturalFromWire, offsetFromWire, offsetOrNoneFromWire, uuidFromWire } from '../wire-values';
import { defineRpc } from '../rpc';
import { featureFromWire, featureToWire, listenerFromWire, listenerToWire } from './node-on-wire';
import { outcomeFromWire, outcomeToWire } from './wire-outcome';

/** Registration of a broker (KIP-631). */
export const registerBrokerRpc = defineRpc(
  'controller.v1.BrokerLifecycleService/RegisterBroker',
  {
    schema: RegisterBrokerRequestSchema,
    toWire: (request: RegisterBrokerRequest) => ({
      principal: request.principal,
      clusterId: request.clusterId,
      brokerId: request.brokerId,
      incarnationId: request.incarnationId,
      listeners: request.listeners.map(listenerToWire),
      features: request.features.map(featureToWire),
      ...(request.rack === undefined ? {} : { rack: request.rack }),
      logDirs: [...request.logDirectories],
      previousBrokerEpoch: BigInt(request.previousBrokerEpoch),
      ...(request.brokerEpoch === undefined ? {} : { brokerEpoch: BigInt(request.brokerEpoch) }),
    }),
    fromWire: (message): RegisterBrokerRequest => ({
      principal: message.principal,
      clusterId: uuidFromWire(message.clusterId),
      brokerId: naturalFromWire(message.brokerId, 'broker id'),
      incarnationId: uuidFromWire(message.incarnationId),
      listeners: message.listeners.map(listenerFromWire),
      features: message.features.map(featureFromWire),
      ...(message.rack === undefined ? {} : { rack: message.rack }),
      logDirectories: message.logDirs.map(uuidFromWire),
      previousBrokerEpoch: offsetOrNoneFromWire(message.previousBrokerEpoch),
      ...(message.brokerEpoch === undefined ? {} : { brokerEpoch: offsetFromWire(message.brokerEpoch) }),
    }),
  },
  {
    schema: RegisterBrokerResponseSchema,
    toWire: (response: Result<RegisterBrokerResponse>) => ({
      ...outcomeToWire(response),
      brokerEpoch: BigInt(response.ok ? response.value.brokerEpoch : NO_OFFSET),
    }),
    fromWire: (message): Result<RegisterBrokerResponse> =>
      outcomeFromWire(message, () => ({ brokerEpoch: offsetFromWire(message.brokerEpoch) })),
  },
);
