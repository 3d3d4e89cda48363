import { RegisterControllerRecordSchema, UnregisterControllerRecordSchema } from '@milena/proto';
import type { RegisterControllerRecord, UnregisterControllerRecord } from '../metadata-record';
import { featureFromWire, featureToWire, listenerFromWire, listenerToWire } from './node-values';
import { recordMessage, type RecordMessage } from './record-message';

/** RegisterControllerRecord as a message. */
export const registerControllerMessage: RecordMessage<RegisterControllerRecord> = recordMessage(
  RegisterControllerRecordSchema,
  ({ controllerId, incarnationId, listeners, features }: RegisterControllerRecord) => ({
    controllerId,
    incarnationId,
    endPoints: listeners.map(listenerToWire),
    features: features.map(featureToWire),
  }),
  ({ controllerId, incarnationId, endPoints, features }) => ({
    type: 'RegisterControllerRecord',
    controllerId,
    incarnationId,
    listeners: endPoints.map(listenerFromWire),
    features: features.map(featureFromWire),
  }),
);

/** UnregisterControllerRecord as a message. */
export const unregisterControllerMessage: RecordMessage<UnregisterControllerRecord> = recordMessage(
  UnregisterControllerRecordSchema,
  ({ controllerId }: UnregisterControllerRecord) => ({ controllerId }),
  ({ controllerId }) => ({ type: 'UnregisterControllerRecord', controllerId }),
);
