import type { BrokerHeartbeatRequest, BrokerHeartbeatResponse } from '@milena/controller';
import type { Result } from '@milena/model';
import { BrokerHeartbeatRequestSchema, BrokerHeartbeatResponseSchema } from '@milena/proto';
import { naturalFromWire, offsetFromWire, offsetOrNoneFromWire, uuidFromWire } from '../wire-values';
import { defineRpc } from '../rpc';
import { outcomeFromWire, outcomeToWire } from './wire-outcome';

/** Sign of life of a registered broker (KIP-631). */
export const brokerHeartbeatRpc = defineRpc(
  'controller.v1.BrokerLifecycleService/BrokerHeartbeat',
  {
    schema: BrokerHeartbeatRequestSchema,
    toWire: ({ offlineLogDirectories, ...request }: BrokerHeartbeatRequest) => ({
      ...request,
      brokerEpoch: BigInt(request.brokerEpoch),
      currentMetadataOffset: BigInt(request.currentMetadataOffset),
      offlineLogDirs: [...offlineLogDirectories],
    }),
    fromWire: (message): BrokerHeartbeatRequest => ({
      principal: message.principal,
      brokerId: naturalFromWire(message.brokerId, 'broker id'),
      brokerEpoch: offsetFromWire(message.brokerEpoch),
      currentMetadataOffset: offsetOrNoneFromWire(message.currentMetadataOffset),
      wantFence: message.wantFence,
      wantShutDown: message.wantShutDown,
      offlineLogDirectories: message.offlineLogDirs.map(uuidFromWire),
    }),
  },
  {
    schema: BrokerHeartbeatResponseSchema,
    toWire: (response: Result<BrokerHeartbeatResponse>) => ({
      ...outcomeToWire(response),
      ...(response.ok ? response.value : {}),
    }),
    fromWire: (message): Result<BrokerHeartbeatResponse> =>
      outcomeFromWire(message, () => ({
        isCaughtUp: message.isCaughtUp,
        isFenced: message.isFenced,
        shouldShutDown: message.shouldShutDown,
      })),
  },
);
