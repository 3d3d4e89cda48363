export {
  defineApi,
  type Api,
  type ApiDefinition,
  type RequestInputOf,
  type RequestOf,
  type ResponseInputOf,
  type ResponseOf,
} from './api';
export type { Field, Fields, Message, MessageInput } from './field';
export { joinFrame, type Frame } from './frame';
export { readRequestHeader, type RequestHeader } from './request-header';
export { includesVersion, type VersionRange } from './version-range';
export { KAFKA_APIS } from './kafka-apis';
export { addRaftVoter } from './apis/add-raft-voter';
export { alterConfigs } from './apis/alter-configs';
export { alterPartitionReassignments } from './apis/alter-partition-reassignments';
export { apiVersions } from './apis/api-versions';
export { createPartitions } from './apis/create-partitions';
export { createTopics } from './apis/create-topics';
export { deleteGroups } from './apis/delete-groups';
export { deleteRecords } from './apis/delete-records';
export { deleteTopics } from './apis/delete-topics';
export { describeCluster } from './apis/describe-cluster';
export { describeConfigs } from './apis/describe-configs';
export { describeGroups } from './apis/describe-groups';
export { describeLogDirs } from './apis/describe-log-dirs';
export { describeQuorum } from './apis/describe-quorum';
export { describeTopicPartitions } from './apis/describe-topic-partitions';
export { electLeaders } from './apis/elect-leaders';
export { fetch } from './apis/fetch';
export { findCoordinator } from './apis/find-coordinator';
export { heartbeat } from './apis/heartbeat';
export { incrementalAlterConfigs } from './apis/incremental-alter-configs';
export { initProducerId } from './apis/init-producer-id';
export { joinGroup } from './apis/join-group';
export { leaveGroup } from './apis/leave-group';
export { listConfigResources } from './apis/list-config-resources';
export { listGroups } from './apis/list-groups';
export { listOffsets } from './apis/list-offsets';
export { listPartitionReassignments } from './apis/list-partition-reassignments';
export { metadata, NO_AUTHORIZED_OPERATIONS } from './apis/metadata';
export { offsetCommit } from './apis/offset-commit';
export { offsetDelete } from './apis/offset-delete';
export { offsetFetch } from './apis/offset-fetch';
export { offsetForLeaderEpoch } from './apis/offset-for-leader-epoch';
export { produce } from './apis/produce';
export { removeRaftVoter } from './apis/remove-raft-voter';
export { syncGroup } from './apis/sync-group';
export { unregisterBroker } from './apis/unregister-broker';
export { updateFeatures } from './apis/update-features';
export { consumerAssignment } from './consumer-protocol/consumer-assignment';
export { consumerSubscription } from './consumer-protocol/consumer-subscription';
export type { VersionedBytes } from './consumer-protocol/versioned-bytes';
export { groupMetadataKey, groupMetadataValue } from './records/group-metadata';
export { offsetCommitKey, offsetCommitValue } from './records/offset-commit';
export type { RecordSchema, RecordVersions } from './records/record-schema';
