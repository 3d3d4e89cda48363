import { ByteReader, MalformedInput } from '@milena/bytes';
import { METADATA_RECORD_IDS, type MetadataRecord, type MetadataRecordType } from '../metadata-record';
import {
  brokerRegistrationChangeMessage,
  fenceBrokerMessage,
  registerBrokerMessage,
  unfenceBrokerMessage,
  unregisterBrokerMessage,
} from './broker-records';
import { configMessage, featureLevelMessage, noOpMessage, producerIdsMessage } from './cluster-records';
import { registerControllerMessage, unregisterControllerMessage } from './controller-records';
import type { RecordMessage } from './record-message';
import { quickPartitionChangeMessage, quickPartitionMessage } from './plain-partition-records';
import { clearElrMessage, removeTopicMessage, topicMessage } from './topic-records';
import { abortTransactionMessage, beginTransactionMessage, endTransactionMessage } from './transaction-records';

/** A record of a type or version this program does not know: the log was written by a newer one and must not be guessed at. */
export class UnsupportedMetadataRecord extends Error {
  override readonly name = 'UnsupportedMetadataRecord';

  constructor(
    readonly typeId: number,
    readonly version: number,
  ) {
    super(`metadata record type ${typeId} version ${version} is not supported`);
  }
}

const FRAME_VERSION = 1;
/** Highest version of every record type; each adds fields only. */
const RECORD_VERSION = 0;
/** Frame version, type and version: as varints below 128 one byte each. */
const FRAME_BYTES = 3;

type MessageTable = { readonly [T in MetadataRecordType]: RecordMessage<Extract<MetadataRecord, { type: T }>> };

const MESSAGES: MessageTable = {
  RegisterBrokerRecord: registerBrokerMessage,
  UnregisterBrokerRecord: unregisterBrokerMessage,
  TopicRecord: topicMessage,
  PartitionRecord: quickPartitionMessage,
  ConfigRecord: configMessage,
  PartitionChangeRecord: quickPartitionChangeMessage,
  FenceBrokerRecord: fenceBrokerMessage,
  UnfenceBrokerRecord: unfenceBrokerMessage,
  RemoveTopicRecord: removeTopicMessage,
  FeatureLevelRecord: featureLevelMessage,
  ProducerIdsRecord: producerIdsMessage,
  BrokerRegistrationChangeRecord: brokerRegistrationChangeMessage,
  NoOpRecord: noOpMessage,
  BeginTransactionRecord: beginTransactionMessage,
  EndTransactionRecord: endTransactionMessage,
  AbortTransactionRecord: abortTransactionMessage,
  RegisterControllerRecord: registerControllerMessage,
  ClearElrRecord: clearElrMessage,
  UnregisterControllerRecord: unregisterControllerMessage,
};

const TYPES_BY_ID: ReadonlyMap<number, MetadataRecordType> = new Map(
  (Object.keys(METADATA_RECORD_IDS) as MetadataRecordType[]).map((type) => [METADATA_RECORD_IDS[type], type]),
);

/** The table's entry for a type; its parameter type cannot be told to the compiler per key. */
function messageOf(type: MetadataRecordType): RecordMessage<MetadataRecord> {
  return MESSAGES[type] as RecordMessage<MetadataRecord>;
}

/**
 * A record as the value of a record in the metadata log: Kafka's frame (frame version 1, type, version as unsigned
 * varints) and the protobuf message of milena.metadata.v1.
 */
export function encodeMetadataRecord(record: MetadataRecord): Buffer {
  const message = messageOf(record.type).encode(record);
  const value = Buffer.allocUnsafe(FRAME_BYTES + message.length);
  value[0] = FRAME_VERSION;
  value[1] = METADATA_RECORD_IDS[record.type];
  value[2] = RECORD_VERSION;
  value.set(message, FRAME_BYTES);
  return value;
}

/** Reads what encodeMetadataRecord wrote. Throws MalformedInput or UnsupportedMetadataRecord; never returns a guess. */
export function decodeMetadataRecord(value: Buffer): MetadataRecord {
  const reader = new ByteReader(value);
  const frameVersion = reader.unsignedVarint();
  if (frameVersion !== FRAME_VERSION) throw new MalformedInput(`metadata record frame version ${frameVersion}`);
  const typeId = reader.unsignedVarint();
  const version = reader.unsignedVarint();
  const type = TYPES_BY_ID.get(typeId);
  if (type === undefined || version > RECORD_VERSION) throw new UnsupportedMetadataRecord(typeId, version);
  return messageOf(type).decode(reader.bytes(reader.remaining));
}
