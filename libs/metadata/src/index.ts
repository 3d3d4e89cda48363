export type { LeaderRecoveryState, PartitionState } from './partition-state';
export {
  isActiveBroker,
  type BrokerListener,
  type BrokerRegistration,
  type SecurityProtocol,
  type SupportedFeature,
} from './broker-registration';
export { configResourceKey, type ConfigResource, type ConfigResourceType } from './config-resource';
export {
  METADATA_RECORD_IDS,
  type BrokerRegistrationChangeRecord,
  type ConfigRecord,
  type FeatureLevelRecord,
  type FenceBrokerRecord,
  type MetadataRecord,
  type MetadataRecordType,
  type NoOpRecord,
  type PartitionChangeRecord,
  type PartitionRecord,
  type ProducerIdsRecord,
  type RegisterBrokerRecord,
  type RemoveTopicRecord,
  type TopicRecord,
  type UnfenceBrokerRecord,
  type UnregisterBrokerRecord,
} from './metadata-record';
export { isInternalTopic } from './internal-topics';
export type { TopicImage } from './topic-image';
export {
  emptyImage,
  type HostedPartition,
  type MetadataImage,
  type Provenance,
  type ResourceConfig,
} from './metadata-image';
export { createDelta, type MetadataDelta } from './metadata-delta';
export { decodeMetadataRecord, encodeMetadataRecord, UnsupportedMetadataRecord } from './codec/metadata-record-codec';
export {
  configResourceTypeOnWire,
  leaderRecoveryStateOnWire,
  longFromWire,
  offsetFromWire,
  securityProtocolOnWire,
} from './codec/wire-values';
export { METADATA_VERSION_FEATURE, SUPPORTED_FEATURES } from './supported-features';
export { imageRecords } from './image-records';
export { imageDigest } from './image-digest';
