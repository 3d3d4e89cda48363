import { MalformedInput } from '@milena/bytes';
import type { RegisterBrokerRequest, RegisterBrokerResponse } from '@milena/controller';
import { securityProtocolOnWire, type BrokerListener } from '@milena/metadata';
import { NO_OFFSET, type Result } from '@milena/model';
import {
  type BrokerListener as WireListener,
  RegisterBrokerRequestSchema,
  RegisterBrokerResponseSchema,
} from '@milena/proto';
import { hostFromWire, naturalFromWire, offsetFromWire, offsetOrNoneFromWire, uuidFromWire } from '../wire-values';
import { defineRpc } from '../rpc';
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
      listeners: request.listeners.map(({ name, host, port, securityProtocol }) => ({
        name,
        host,
        port,
        securityProtocol: securityProtocolOnWire.toWire(securityProtocol),
      })),
      features: request.features.map(({ name, minLevel, maxLevel }) => ({
        name,
        minSupportedVersion: minLevel,
        maxSupportedVersion: maxLevel,
      })),
      ...(request.rack === undefined ? {} : { rack: request.rack }),
      logDirs: [...request.logDirectories],
      previousBrokerEpoch: BigInt(request.previousBrokerEpoch),
    }),
    fromWire: (message): RegisterBrokerRequest => ({
      principal: message.principal,
      clusterId: uuidFromWire(message.clusterId),
      brokerId: naturalFromWire(message.brokerId, 'broker id'),
      incarnationId: uuidFromWire(message.incarnationId),
      listeners: message.listeners.map(listenerFromWire),
      features: message.features.map(({ name, minSupportedVersion, maxSupportedVersion }) => ({
        name,
        minLevel: minSupportedVersion,
        maxLevel: maxSupportedVersion,
      })),
      ...(message.rack === undefined ? {} : { rack: message.rack }),
      logDirectories: message.logDirs.map(uuidFromWire),
      previousBrokerEpoch: offsetOrNoneFromWire(message.previousBrokerEpoch),
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

function listenerFromWire({ name, host, port, securityProtocol }: WireListener): BrokerListener {
  if (port < 0 || port > 65535) throw new MalformedInput(`port ${port}`);
  return { name, host: hostFromWire(host), port, securityProtocol: securityProtocolOnWire.fromWire(securityProtocol) };
}
