export { type LeaderRecoveryState, type PartitionState } from './partition-state';
export type { ControllerRegistration } from './controller-registration';
export {
  isActiveBroker,
  type BrokerListener,
  type BrokerRegistration,
  type SecurityProtocol,
  type SupportedFeature,
} from './broker-registration';
export { configResourceKey, type ConfigResource, type ConfigResourceType } from './config-resource';
export {
  type AbortTransactionRecord,
  type BeginTransactionRecord,
  type BrokerRegistrationChangeRecord,
  type ClearElrRecord,
  type ConfigRecord,
  type EndTransactionRecord,
  type FeatureLevelRecord,
  type FenceBrokerRecord,
  type MetadataRecord,
  type MetadataRecordType,
  type NoOpRecord,
  type PartitionChangeRecord,
  type PartitionRecord,
  type ProducerIdsRecord,
  type RegisterBrokerRecord,
  type RegisterControllerRecord,
  type RemoveTopicRecord,
  type TopicRecord,
  type UnfenceBrokerRecord,
  type UnregisterBrokerRecord,
  type UnregisterControllerRecord,
} from './metadata-record';
export { isInternalTopic } from './internal-topics';
export type { TopicImage } from './topic-image';
export type { HostedPartition, PartitionRole } from './topics-image';
export {
  emptyImage,
  type MetadataImage,
  type OpenTransaction,
  type Provenance,
  type ResourceConfig,
} from './metadata-image';
export { createDelta, createSnapshotDelta, type MetadataDelta } from './metadata-delta';
export { TransactionBuffer, type TransactionalBatch } from './transaction-buffer';
export { decodeMetadataRecord, encodeMetadataRecord, UnsupportedMetadataRecord } from './codec/metadata-record-codec';
export {
  configResourceTypeOnWire,
  leaderRecoveryStateOnWire,
  offsetFromWire,
  securityProtocolOnWire,
} from './codec/wire-values';
export { METADATA_VERSION_FEATURE, SUPPORTED_FEATURES } from './supported-features';
export { imageRecords } from './image-records';
export { imageDigest } from './image-digest';
export { isSameImage } from './is-same-image';
