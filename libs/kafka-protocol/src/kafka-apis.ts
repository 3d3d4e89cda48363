import type { Api } from './api';
import { addRaftVoter } from './apis/add-raft-voter';
import { alterConfigs } from './apis/alter-configs';
import { alterPartitionReassignments } from './apis/alter-partition-reassignments';
import { apiVersions } from './apis/api-versions';
import { createPartitions } from './apis/create-partitions';
import { createTopics } from './apis/create-topics';
import { deleteGroups } from './apis/delete-groups';
import { deleteRecords } from './apis/delete-records';
import { deleteTopics } from './apis/delete-topics';
import { describeCluster } from './apis/describe-cluster';
import { describeConfigs } from './apis/describe-configs';
import { describeGroups } from './apis/describe-groups';
import { describeLogDirs } from './apis/describe-log-dirs';
import { describeQuorum } from './apis/describe-quorum';
import { describeTopicPartitions } from './apis/describe-topic-partitions';
import { electLeaders } from './apis/elect-leaders';
import { fetch } from './apis/fetch';
import { findCoordinator } from './apis/find-coordinator';
import { heartbeat } from './apis/heartbeat';
import { incrementalAlterConfigs } from './apis/incremental-alter-configs';
import { initProducerId } from './apis/init-producer-id';
import { joinGroup } from './apis/join-group';
import { leaveGroup } from './apis/leave-group';
import { listConfigResources } from './apis/list-config-resources';
import { listGroups } from './apis/list-groups';
import { listOffsets } from './apis/list-offsets';
import { listPartitionReassignments } from './apis/list-partition-reassignments';
import { metadata } from './apis/metadata';
import { offsetCommit } from './apis/offset-commit';
import { offsetDelete } from './apis/offset-delete';
import { offsetFetch } from './apis/offset-fetch';
import { offsetForLeaderEpoch } from './apis/offset-for-leader-epoch';
import { produce } from './apis/produce';
import { removeRaftVoter } from './apis/remove-raft-voter';
import { syncGroup } from './apis/sync-group';
import { unregisterBroker } from './apis/unregister-broker';
import { updateFeatures } from './apis/update-features';

/** Every API with a schema, by key. */
export const KAFKA_APIS: readonly Api[] = [
  produce,
  fetch,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  findCoordinator,
  joinGroup,
  heartbeat,
  leaveGroup,
  syncGroup,
  describeGroups,
  listGroups,
  apiVersions,
  createTopics,
  deleteTopics,
  deleteRecords,
  initProducerId,
  offsetForLeaderEpoch,
  describeConfigs,
  alterConfigs,
  describeLogDirs,
  createPartitions,
  deleteGroups,
  electLeaders,
  incrementalAlterConfigs,
  alterPartitionReassignments,
  listPartitionReassignments,
  offsetDelete,
  describeQuorum,
  updateFeatures,
  describeCluster,
  unregisterBroker,
  listConfigResources,
  describeTopicPartitions,
  addRaftVoter,
  removeRaftVoter,
];
