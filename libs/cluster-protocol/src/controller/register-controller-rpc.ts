import type { RegisterControllerRequest } from '@milena/controller';
import type { Result } from '@milena/model';
import { RegisterControllerRequestSchema, RegisterControllerResponseSchema } from '@milena/proto';
import { defineRpc } from '../rpc';
import { naturalFromWire, uuidFromWire } from '../wire-values';
import { featureFromWire, featureToWire, listenerFromWire, listenerToWire } from './node-on-wire';
import { outcomeFromWire, outcomeToWire } from './wire-outcome';

/** Registration of a controller (KIP-919). */
export const registerControllerRpc = defineRpc(
  'controller.v1.ControllerLifecycleService/RegisterController',
  {
    schema: RegisterControllerRequestSchema,
    toWire: (request: RegisterControllerRequest) => ({
      clusterId: request.clusterId,
      controllerId: request.controllerId,
      incarnationId: request.incarnationId,
      listeners: request.listeners.map(listenerToWire),
      features: request.features.map(featureToWire),
    }),
    fromWire: (message): RegisterControllerRequest => ({
      clusterId: uuidFromWire(message.clusterId),
      controllerId: naturalFromWire(message.controllerId, 'controller id'),
      incarnationId: uuidFromWire(message.incarnationId),
      listeners: message.listeners.map(listenerFromWire),
      features: message.features.map(featureFromWire),
    }),
  },
  {
    schema: RegisterControllerResponseSchema,
    toWire: (response: Result<null>) => outcomeToWire(response),
    fromWire: (message): Result<null> => outcomeFromWire(message, () => null),
  },
);
