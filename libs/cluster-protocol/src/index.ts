export type { Rpc } from './rpc';
export { voteRpc } from './raft/vote-rpc';
export { beginQuorumEpochRpc } from './raft/begin-quorum-epoch-rpc';
export { endQuorumEpochRpc } from './raft/end-quorum-epoch-rpc';
export { raftFetchRpc } from './raft/fetch-rpc';
export { fetchSnapshotRpc } from './raft/fetch-snapshot-rpc';
export { describeQuorumRpc } from './raft/describe-quorum-rpc';
export { readIndexRpc } from './raft/read-index-rpc';
export { describeReplicaRpc } from './raft/describe-replica-rpc';
export { addVoterRpc } from './raft/add-voter-rpc';
export { removeVoterRpc } from './raft/remove-voter-rpc';
export { updateVoterRpc } from './raft/update-voter-rpc';
export { replicaFetchRpc } from './replica/replica-fetch-rpc';
export { offsetForLeaderEpochRpc } from './replica/offset-for-leader-epoch-rpc';
export { registerBrokerRpc } from './controller/register-broker-rpc';
export { registerControllerRpc } from './controller/register-controller-rpc';
export { brokerHeartbeatRpc } from './controller/broker-heartbeat-rpc';
export { createTopicsRpc } from './controller/create-topics-rpc';
export { deleteTopicsRpc } from './controller/delete-topics-rpc';
export { alterPartitionRpc } from './controller/alter-partition-rpc';
export { allocateProducerIdsRpc } from './controller/allocate-producer-ids-rpc';
export { createPartitionsRpc } from './controller/create-partitions-rpc';
export { alterPartitionReassignmentsRpc } from './controller/alter-partition-reassignments-rpc';
export { electLeadersRpc } from './controller/elect-leaders-rpc';
export { unregisterBrokerRpc } from './controller/unregister-broker-rpc';
export { updateFeaturesRpc } from './controller/update-features-rpc';
export { alterConfigsRpc } from './controller/alter-configs-rpc';
export { incrementalAlterConfigsRpc } from './controller/incremental-alter-configs-rpc';
export {
  listGroupsRpc,
  type BrokerListedGroup,
  type BrokerListGroupsRequest,
  type BrokerListGroupsResponse,
} from './broker/list-groups-rpc';
export {
  describeGroupRpc,
  type BrokerDescribeGroupResponse,
  type BrokerGroupMember,
  type BrokerGroupRequest,
} from './broker/describe-group-rpc';
export { deleteGroupRpc, type BrokerDeleteGroupResponse } from './broker/delete-group-rpc';
export {
  listGroupOffsetsRpc,
  type BrokerGroupOffset,
  type BrokerListGroupOffsetsRequest,
  type BrokerListGroupOffsetsResponse,
} from './broker/list-group-offsets-rpc';
export type { ReplicaLogState } from './broker/replica-log-wire';
export {
  listReplicaLogsRpc,
  type ListReplicaLogsRequest,
  type ReplicaLogsResponse,
} from './broker/list-replica-logs-rpc';
export { describeReplicaLogsRpc, type DescribeReplicaLogsRequest } from './broker/describe-replica-logs-rpc';
export {
  listTopicConfigsRpc,
  type BrokerListTopicConfigsRequest,
  type BrokerListTopicConfigsResponse,
  type BrokerTopicConfig,
} from './broker/list-topic-configs-rpc';
