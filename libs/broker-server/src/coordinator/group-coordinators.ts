import type {
  CommitOffsetsRequest,
  CommitOffsetsResponse,
  DeletedGroup,
  DeleteOffsetsRequest,
  DeleteOffsetsResponse,
  FetchOffsetsRequest,
  FetchOffsetsResponse,
  GroupDescription,
  HeartbeatRequest,
  HeartbeatResponse,
  JoinGroupRequest,
  JoinGroupResponse,
  LeaveGroupRequest,
  LeaveGroupResponse,
  ListGroupsRequest,
  ListGroupsResponse,
  SyncGroupRequest,
  SyncGroupResponse,
} from '@milena/coordinator';
import type { Result } from '@milena/model';

/** Where a group is coordinated. */
export interface CoordinatorLocation {
  /** Broker that leads the group's partition of `__consumer_offsets`. */
  readonly nodeId: number;
}

/**
 * The group coordinators of a broker as API handlers see them: one per partition of `__consumer_offsets` led here. Nothing
 * is thrown for what a client sent. Where this broker cannot answer, the error is COORDINATOR_NOT_AVAILABLE (no such
 * partition), NOT_COORDINATOR (another broker leads it, or it was lost before the answer was certain) or
 * COORDINATOR_LOAD_IN_PROGRESS, of which heartbeats (NONE) and syncs (REBALANCE_IN_PROGRESS) hear nothing. Answers that
 * tell of a change leave only after it is committed with acks=all.
 */
export interface GroupCoordinators {
  /** Partition of `__consumer_offsets` that holds the group; by `offsets.topic.num.partitions` while the topic does not exist. */
  partitionFor(groupId: string): number;
  /**
   * Who coordinates the group. Has the controller create `__consumer_offsets` when it does not exist yet, and fails with
   * COORDINATOR_NOT_AVAILABLE until its partition has a leader.
   */
  locate(groupId: string): Promise<Result<CoordinatorLocation>>;
  /** Answers once the group's next generation has formed, which may take as long as the longest rebalance timeout. */
  joinGroup(request: JoinGroupRequest): Promise<JoinGroupResponse>;
  /** Answers once the leader has brought the assignments. */
  syncGroup(request: SyncGroupRequest): Promise<SyncGroupResponse>;
  heartbeat(request: HeartbeatRequest): Promise<HeartbeatResponse>;
  leaveGroup(request: LeaveGroupRequest): Promise<LeaveGroupResponse>;
  commitOffsets(request: CommitOffsetsRequest): Promise<CommitOffsetsResponse>;
  fetchOffsets(request: FetchOffsetsRequest): Promise<FetchOffsetsResponse>;
  describeGroup(groupId: string): Promise<GroupDescription>;
  /** Groups of all partitions led here. */
  listGroups(request: ListGroupsRequest): Promise<ListGroupsResponse>;
  /** Outcomes in the order of `groupIds`. */
  deleteGroups(groupIds: readonly string[]): Promise<readonly DeletedGroup[]>;
  deleteOffsets(request: DeleteOffsetsRequest): Promise<DeleteOffsetsResponse>;
}
