import type { ErrorName } from '@milena/model';

/**
 * State of a group, spelt as Kafka's answers spell it. A group that nobody knows is Dead.
 *
 * Empty: no members, offsets only. PreparingRebalance: waits for members to join. CompletingRebalance: waits for the
 * leader's assignment. Stable: every member has its assignment or can ask for it.
 */
export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead';

/** A member as administrators see it. */
export interface DescribedMember {
  readonly memberId: string;
  readonly groupInstanceId?: string;
  readonly clientId: string;
  readonly clientHost: string;
  /** For the protocol chosen; empty while none is. */
  readonly metadata: Buffer;
  readonly assignment: Buffer;
}

/** A group as administrators see it (DescribeGroups). */
export interface GroupDescription {
  readonly error: ErrorName;
  readonly groupId: string;
  /** Dead with error NONE for a group that nobody knows. */
  readonly state: GroupState;
  /** `consumer` for consumers; empty for a group that only has offsets. */
  readonly protocolType: string;
  /** The protocol chosen; empty unless the group is Stable. */
  readonly protocol: string;
  readonly members: readonly DescribedMember[];
}

/** Which groups to list; an empty list lets all through. Names are matched whatever their case. */
export interface ListGroupsRequest {
  readonly states: readonly string[];
  /** Group types (KIP-848); all groups here are `classic`. */
  readonly types: readonly string[];
}

/** One line of a list of groups. */
export interface ListedGroup {
  readonly groupId: string;
  readonly protocolType: string;
  readonly state: GroupState;
  readonly type: 'classic';
}

/** Groups coordinated by this broker, in order of their ids. */
export interface ListGroupsResponse {
  /** COORDINATOR_LOAD_IN_PROGRESS while a partition is being loaded; what is known is listed all the same. */
  readonly error: ErrorName;
  readonly groups: readonly ListedGroup[];
}

/** What became of a group that was to be deleted. */
export interface DeletedGroup {
  readonly groupId: string;
  readonly error: ErrorName;
}
