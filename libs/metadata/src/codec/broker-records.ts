import { MalformedInput } from '@milena/bytes';
import {
  BrokerRegistrationChangeRecordSchema,
  FenceBrokerRecordSchema,
  RegisterBrokerRecordSchema,
  UnfenceBrokerRecordSchema,
  UnregisterBrokerRecordSchema,
} from '@milena/proto';
import type {
  BrokerRegistrationChangeRecord,
  FenceBrokerRecord,
  RegisterBrokerRecord,
  UnfenceBrokerRecord,
  UnregisterBrokerRecord,
} from '../metadata-record';
import { recordMessage, type RecordMessage } from './record-message';
import { featureFromWire, featureToWire, listenerFromWire, listenerToWire } from './node-values';
import { offsetFromWire } from './wire-values';

/** RegisterBrokerRecord as a message. */
export const registerBrokerMessage: RecordMessage<RegisterBrokerRecord> = recordMessage(
  RegisterBrokerRecordSchema,
  (record: RegisterBrokerRecord) => ({
    brokerId: record.brokerId,
    incarnationId: record.incarnationId,
    ...(record.brokerEpoch === undefined ? {} : { brokerEpoch: BigInt(record.brokerEpoch) }),
    endPoints: record.listeners.map(listenerToWire),
    features: record.features.map(featureToWire),
    ...(record.rack === undefined ? {} : { rack: record.rack }),
    fenced: record.fenced,
    inControlledShutdown: record.inControlledShutdown,
    logDirs: [...record.logDirectories],
  }),
  (message) => ({
    type: 'RegisterBrokerRecord',
    brokerId: message.brokerId,
    incarnationId: message.incarnationId,
    ...(message.brokerEpoch === undefined ? {} : { brokerEpoch: offsetFromWire(message.brokerEpoch) }),
    listeners: message.endPoints.map(listenerFromWire),
    features: message.features.map(featureFromWire),
    ...(message.rack === undefined ? {} : { rack: message.rack }),
    fenced: message.fenced,
    inControlledShutdown: message.inControlledShutdown,
    logDirectories: message.logDirs,
  }),
);

/** UnregisterBrokerRecord as a message. */
export const unregisterBrokerMessage: RecordMessage<UnregisterBrokerRecord> = recordMessage(
  UnregisterBrokerRecordSchema,
  ({ brokerId, brokerEpoch }: UnregisterBrokerRecord) => ({ brokerId, brokerEpoch: BigInt(brokerEpoch) }),
  ({ brokerId, brokerEpoch }) => ({
    type: 'UnregisterBrokerRecord',
    brokerId,
    brokerEpoch: offsetFromWire(brokerEpoch),
  }),
);

/** FenceBrokerRecord as a message. */
export const fenceBrokerMessage: RecordMessage<FenceBrokerRecord> = recordMessage(
  FenceBrokerRecordSchema,
  ({ brokerId, brokerEpoch }: FenceBrokerRecord) => ({ id: brokerId, epoch: BigInt(brokerEpoch) }),
  ({ id, epoch }) => ({ type: 'FenceBrokerRecord', brokerId: id, brokerEpoch: offsetFromWire(epoch) }),
);

/** UnfenceBrokerRecord as a message. */
export const unfenceBrokerMessage: RecordMessage<UnfenceBrokerRecord> = recordMessage(
  UnfenceBrokerRecordSchema,
  ({ brokerId, brokerEpoch }: UnfenceBrokerRecord) => ({ id: brokerId, epoch: BigInt(brokerEpoch) }),
  ({ id, epoch }) => ({ type: 'UnfenceBrokerRecord', brokerId: id, brokerEpoch: offsetFromWire(epoch) }),
);

const FENCED = 1;
const UNFENCED = -1;
const UNCHANGED = 0;

function fencedFromWire(value: number): { fenced?: boolean } {
  if (value === UNCHANGED) return {};
  if (value !== FENCED && value !== UNFENCED) throw new MalformedInput(`${value} is no change of fencing`);
  return { fenced: value === FENCED };
}

/** BrokerRegistrationChangeRecord as a message. */
export const brokerRegistrationChangeMessage: RecordMessage<BrokerRegistrationChangeRecord> = recordMessage(
  BrokerRegistrationChangeRecordSchema,
  (record: BrokerRegistrationChangeRecord) => ({
    brokerId: record.brokerId,
    brokerEpoch: BigInt(record.brokerEpoch),
    fenced: record.fenced === undefined ? UNCHANGED : record.fenced ? FENCED : UNFENCED,
    inControlledShutdown: record.inControlledShutdown === true ? 1 : UNCHANGED,
    ...(record.logDirectories === undefined ? {} : { logDirs: { ids: [...record.logDirectories] } }),
  }),
  (message) => ({
    type: 'BrokerRegistrationChangeRecord',
    brokerId: message.brokerId,
    brokerEpoch: offsetFromWire(message.brokerEpoch),
    ...fencedFromWire(message.fenced),
    ...(message.inControlledShutdown === UNCHANGED ? {} : { inControlledShutdown: true as const }),
    ...(message.logDirs === undefined ? {} : { logDirectories: message.logDirs.ids }),
  }),
);
