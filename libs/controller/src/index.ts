export { decide, type AppendedRange, type Decision, type UnfinishedSweep } from './decision';
export { controllerDefaults, type ControllerDefaults } from './controller-defaults';
export { abortRecords, bootstrapRecords } from './features/bootstrap';
export { hasControllerRecords, levelsRefusal } from './features/feature-levels';
export { ELR_FEATURE, KRAFT_VERSION_FEATURE } from './features/feature-names';
export { kraftVersionRecords } from './features/kraft-version';
export {
  updateFeatures,
  type FeatureUpdate,
  type FeatureUpgradeType,
  type UpdateFeaturesContext,
  type UpdateFeaturesRequest,
  type UpdateFeaturesResponse,
} from './features/update-features';
export { BrokerSessions } from './brokers/broker-sessions';
export { fenceBroker } from './brokers/fence-broker';
export {
  registerBroker,
  type RegisterBrokerContext,
  type RegisterBrokerRequest,
  type RegisterBrokerResponse,
  type RegistrationStep,
} from './brokers/register-broker';
export {
  brokerHeartbeat,
  type BrokerControlState,
  type BrokerHeartbeatContext,
  type BrokerHeartbeatRequest,
  type BrokerHeartbeatResponse,
} from './brokers/broker-heartbeat';
export { partitionRules, type BrokerAfter, type PartitionRules } from './partitions/partition-rules';
export { PreferredLeaders, type PreferredLeadersContext } from './partitions/preferred-leaders';
export { PartitionSweep, sweepAll, sweepBroker, SWEEP_STEP } from './partitions/partition-sweep';
export {
  unregisterBroker,
  type UnregisterBrokerContext,
  type UnregisterBrokerRequest,
  type UnregisterBrokerResponse,
} from './brokers/unregister-broker';
export {
  alterPartitionReassignments,
  type AlterPartitionReassignmentsRequest,
  type PartitionOutcome,
  type PartitionOutcomes,
  type PartitionReassignment,
} from './partitions/alter-partition-reassignments';
export { electLeaders, type ElectionType, type ElectLeadersRequest } from './partitions/elect-leaders';
export { registerController, type RegisterControllerRequest } from './controllers/register-controller';
export {
  alterPartition,
  type AlteredPartition,
  type AlterPartitionOutcome,
  type AlterPartitionProposal,
  type AlterPartitionRequest,
  type AlterPartitionResponse,
  type IsrMember,
} from './partitions/alter-partition';
export {
  allocateProducerIds,
  type AllocateProducerIdsRequest,
  type AllocateProducerIdsResponse,
} from './producer-ids/allocate-producer-ids';
export {
  createTopics,
  MAX_NEW_PARTITIONS,
  type CreatableTopic,
  type CreatedTopic,
  type CreateTopicsContext,
  type CreateTopicsRequest,
  type CreateTopicsResponse,
  type TopicConfigLine,
  type TopicConfigRules,
} from './topics/create-topics';
export type { ReplicaAssignment } from './topics/manual-assignment';
export { topicNameRefusal } from './topics/topic-name';
export {
  deleteTopics,
  type DeletedTopic,
  type DeleteTopicsRequest,
  type DeleteTopicsResponse,
  type TopicReference,
} from './topics/delete-topics';
export { topicConfigRules } from './topics/topic-config-rules';
export {
  createPartitions,
  type CreatePartitionsContext,
  type CreatePartitionsRequest,
  type CreatePartitionsResponse,
  type PartitionsToCreate,
} from './topics/create-partitions';
export { alterConfigs, type AlterConfigsRequest, type ConfigReplacement } from './configs/alter-configs';
export {
  incrementalAlterConfigs,
  type ConfigChange,
  type ConfigChanges,
  type ConfigOperation,
  type IncrementalAlterConfigsRequest,
} from './configs/incremental-alter-configs';
export type { AlterConfigsContext, AlterConfigsResponse } from './configs/decide-configs';
