import type { ErrorName } from '@milena/model';

/** One way of sharing partitions that a member offers, in order of preference. */
export interface GroupProtocol {
  readonly name: string;
  /** What the member tells the group's leader; opaque here, and kept as it is. For consumers a ConsumerProtocolSubscription. */
  readonly metadata: Buffer;
}

/** A client wants to be a member of the group's next generation (JoinGroup). */
export interface JoinGroupRequest {
  readonly groupId: string;
  /** Empty for a member that has no id yet. */
  readonly memberId: string;
  /** Set by static members (KIP-345). */
  readonly groupInstanceId?: string;
  readonly clientId: string;
  /** Address of the client as administrators read it, such as `/10.0.0.7`. */
  readonly clientHost: string;
  readonly protocolType: string;
  readonly protocols: readonly GroupProtocol[];
  readonly sessionTimeoutMs: number;
  /** How long the group waits for this member to join again. Clients without one (version 0) use their session timeout. */
  readonly rebalanceTimeoutMs: number;
  /** A dynamic member without an id is given one first and must come again (KIP-394; JoinGroup 4 and later). */
  readonly requiresKnownMemberId: boolean;
  /** A returning static leader may be told to keep the assignment (KIP-814; JoinGroup 9 and later). */
  readonly supportsSkippingAssignment: boolean;
  /** Why the member joins, for the log (KIP-800). */
  readonly reason?: string;
}

/** A member as its group's leader sees it. */
export interface JoinedMember {
  readonly memberId: string;
  readonly groupInstanceId?: string;
  /** The member's metadata for the protocol chosen. */
  readonly metadata: Buffer;
}

/** The generation a member is part of, or why it is not. */
export interface JoinGroupResponse {
  readonly error: ErrorName;
  /** -1 on error. */
  readonly generationId: number;
  /** Absent on error. */
  readonly protocolType?: string;
  /** The protocol chosen; absent on error. */
  readonly protocolName?: string;
  /** Member id of the group's leader; empty on error. */
  readonly leader: string;
  readonly skipAssignment: boolean;
  /** The member's id; with MEMBER_ID_REQUIRED the one to come again with. */
  readonly memberId: string;
  /** All members, for the leader only; empty for the others. */
  readonly members: readonly JoinedMember[];
}

/** What the leader gave to one member. */
export interface MemberAssignment {
  readonly memberId: string;
  /** Opaque here, and kept as it is; for consumers a ConsumerProtocolAssignment. */
  readonly assignment: Buffer;
}

/** A member asks for its assignment; the leader brings all of them (SyncGroup). */
export interface SyncGroupRequest {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId?: string;
  /** When given it must be the group's (KIP-559). */
  readonly protocolType?: string;
  /** When given it must be the one chosen (KIP-559). */
  readonly protocolName?: string;
  /** From the leader only. */
  readonly assignments: readonly MemberAssignment[];
}

/** A member's assignment, or why there is none. */
export interface SyncGroupResponse {
  readonly error: ErrorName;
  /** Absent on error. */
  readonly protocolType?: string;
  /** Absent on error. */
  readonly protocolName?: string;
  /** Empty on error, and when the leader gave this member nothing. */
  readonly assignment: Buffer;
}

/** A member is alive (Heartbeat). */
export interface HeartbeatRequest {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId?: string;
}

/** REBALANCE_IN_PROGRESS tells the member to join again. */
export interface HeartbeatResponse {
  readonly error: ErrorName;
}

/** One member that leaves. A static member may be named by its instance id alone, with an empty member id (KIP-345). */
export interface LeavingMember {
  readonly memberId: string;
  readonly groupInstanceId?: string;
  /** Why the member leaves, for the log (KIP-800). */
  readonly reason?: string;
}

/** Members leave; before version 3 of LeaveGroup always one. */
export interface LeaveGroupRequest {
  readonly groupId: string;
  readonly members: readonly LeavingMember[];
}

/** What became of one member that left. */
export interface LeftMember {
  readonly memberId: string;
  readonly groupInstanceId?: string;
  readonly error: ErrorName;
}

/** What became of the members that leave; `members` is empty when `error` is not NONE. */
export interface LeaveGroupResponse {
  readonly error: ErrorName;
  readonly members: readonly LeftMember[];
}
