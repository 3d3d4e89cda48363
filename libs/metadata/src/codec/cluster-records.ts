import { ConfigRecordSchema, FeatureLevelRecordSchema, NoOpRecordSchema, ProducerIdsRecordSchema } from '@milena/proto';
import { producerId } from '@milena/model';
import type { ConfigRecord, FeatureLevelRecord, NoOpRecord, ProducerIdsRecord } from '../metadata-record';
import { recordMessage, type RecordMessage } from './record-message';
import { configResourceTypeOnWire, offsetFromWire } from './wire-values';

/** ConfigRecord as a message. */
export const configMessage: RecordMessage<ConfigRecord> = recordMessage(
  ConfigRecordSchema,
  ({ resourceType, resourceName, name, value }: ConfigRecord) => ({
    resourceType: configResourceTypeOnWire.toWire(resourceType),
    resourceName,
    name,
    ...(value === undefined ? {} : { value }),
  }),
  ({ resourceType, resourceName, name, value }) => ({
    type: 'ConfigRecord',
    resourceType: configResourceTypeOnWire.fromWire(resourceType),
    resourceName,
    name,
    ...(value === undefined ? {} : { value }),
  }),
);

/** FeatureLevelRecord as a message. */
export const featureLevelMessage: RecordMessage<FeatureLevelRecord> = recordMessage(
  FeatureLevelRecordSchema,
  ({ name, featureLevel }: FeatureLevelRecord) => ({ name, featureLevel }),
  ({ name, featureLevel }) => ({ type: 'FeatureLevelRecord', name, featureLevel }),
);

/** ProducerIdsRecord as a message. */
export const producerIdsMessage: RecordMessage<ProducerIdsRecord> = recordMessage(
  ProducerIdsRecordSchema,
  ({ brokerId, brokerEpoch, nextProducerId }: ProducerIdsRecord) => ({
    brokerId,
    brokerEpoch: BigInt(brokerEpoch),
    nextProducerId: BigInt(nextProducerId),
  }),
  ({ brokerId, brokerEpoch, nextProducerId }) => ({
    type: 'ProducerIdsRecord',
    brokerId,
    brokerEpoch: offsetFromWire(brokerEpoch),
    nextProducerId: producerId(offsetFromWire(nextProducerId)),
  }),
);

/** NoOpRecord as a message. */
export const noOpMessage: RecordMessage<NoOpRecord> = recordMessage(
  NoOpRecordSchema,
  () => ({}),
  () => ({ type: 'NoOpRecord' }),
);
