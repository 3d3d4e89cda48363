export type {
  GroupProtocol,
  HeartbeatRequest,
  HeartbeatResponse,
  JoinedMember,
  JoinGroupRequest,
  JoinGroupResponse,
  LeaveGroupRequest,
  LeaveGroupResponse,
  LeavingMember,
  LeftMember,
  MemberAssignment,
  SyncGroupRequest,
  SyncGroupResponse,
} from './membership-requests';
export type {
  CommitOffsetsRequest,
  CommitOffsetsResponse,
  DeleteOffsetsRequest,
  DeleteOffsetsResponse,
  FetchedOffset,
  FetchedOffsets,
  FetchOffsetsRequest,
  FetchOffsetsResponse,
  OffsetsToCommit,
  OffsetToCommit,
  PartitionOutcome,
  TopicOutcomes,
  TopicPartitions,
} from './offset-requests';
export type {
  DeletedGroup,
  DescribedMember,
  GroupDescription,
  GroupState,
  ListedGroup,
  ListGroupsRequest,
  ListGroupsResponse,
} from './group-views';
export { groupPartition } from './group-partition';
export type { CommittedOffset, CoordinatorRecord, KeyedBytes, PersistedGroup } from './records/coordinator-record';
export { decodeCoordinatorRecord, encodeCoordinatorRecord } from './records/coordinator-record-codec';
export { GroupsImage, type GroupImage } from './image/groups-image';
export type { Moment } from './moment';
export type { GroupSettings } from './group-settings';
export type { CoordinatorOutputs, GroupEvent, RequestedWrite, Respond } from './outbox';
export { GroupCoordinator, type GroupCoordinatorOptions } from './group-coordinator';
export { fetchOffsets } from './offsets/fetch-offsets';
export { committed as commitOutcome } from './offsets/commit-offsets';
export { listGroups } from './list-groups';
export { unknownGroup } from './classic/describe-group';
export { failedJoin, failedSync } from './classic/membership';
