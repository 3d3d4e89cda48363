import type { ApiHandler } from './api-handler';
import { addRaftVoterApi } from './add-raft-voter';
import { alterConfigsApi } from './alter-configs';
import { alterPartitionReassignmentsApi } from './alter-partition-reassignments';
import { apiVersionsApi } from './api-versions';
import { createPartitionsApi } from './create-partitions';
import { createTopicsApi } from './create-topics';
import { deleteGroupsApi } from './delete-groups';
import { deleteRecordsApi } from './delete-records';
import { deleteTopicsApi } from './delete-topics';
import { describeClusterApi } from './describe-cluster';
import { describeConfigsApi } from './describe-configs';
import { describeGroupsApi } from './describe-groups';
import { describeLogDirsApi } from './describe-log-dirs';
import { describeQuorumApi } from './describe-quorum';
import { describeTopicPartitionsApi } from './describe-topic-partitions';
import { electLeadersApi } from './elect-leaders';
import { fetchApi } from './fetch';
import { findCoordinatorApi } from './find-coordinator';
import { heartbeatApi } from './heartbeat';
import { incrementalAlterConfigsApi } from './incremental-alter-configs';
import { initProducerIdApi } from './init-producer-id';
import { joinGroupApi } from './join-group';
import { leaveGroupApi } from './leave-group';
import { listConfigResourcesApi } from './list-config-resources';
import { listGroupsApi } from './list-groups';
import { listOffsetsApi } from './list-offsets';
import { listPartitionReassignmentsApi } from './list-partition-reassignments';
import { metadataApi } from './metadata';
import { offsetCommitApi } from './offset-commit';
import { offsetDeleteApi } from './offset-delete';
import { offsetFetchApi } from './offset-fetch';
import { offsetForLeaderEpochApi } from './offset-for-leader-epoch';
import { produceApi } from './produce';
import { removeRaftVoterApi } from './remove-raft-voter';
import { syncGroupApi } from './sync-group';
import { unregisterBrokerApi } from './unregister-broker';
import { updateFeaturesApi } from './update-features';

/** Every API a broker serves; ApiVersions advertises exactly these. */
export const API_HANDLERS: readonly ApiHandler[] = [
  produceApi,
  fetchApi,
  listOffsetsApi,
  metadataApi,
  apiVersionsApi,
  createTopicsApi,
  deleteTopicsApi,
  deleteRecordsApi,
  initProducerIdApi,
  offsetForLeaderEpochApi,
  describeClusterApi,
  describeTopicPartitionsApi,
  findCoordinatorApi,
  joinGroupApi,
  syncGroupApi,
  heartbeatApi,
  leaveGroupApi,
  offsetCommitApi,
  offsetFetchApi,
  describeGroupsApi,
  listGroupsApi,
  deleteGroupsApi,
  offsetDeleteApi,
  describeConfigsApi,
  alterConfigsApi,
  incrementalAlterConfigsApi,
  createPartitionsApi,
  listConfigResourcesApi,
  describeLogDirsApi,
  alterPartitionReassignmentsApi,
  listPartitionReassignmentsApi,
  electLeadersApi,
  updateFeaturesApi,
  unregisterBrokerApi,
  describeQuorumApi,
  addRaftVoterApi,
  removeRaftVoterApi,
];
