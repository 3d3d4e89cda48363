import type { ErrorName, Offset, Uuid } from '@milena/model';

/** Where does `leaderEpoch` end in the leader's log of this partition (KIP-101)? */
export interface ReplicaEpochEndQuery {
  readonly topicId: Uuid;
  readonly partition: number;
  /** Leader epoch the caller knows; NO_EPOCH skips the check. */
  readonly currentLeaderEpoch: number;
  readonly leaderEpoch: number;
}

/** Asks a leader where epochs end. */
export interface ReplicaEpochEndRequest {
  readonly clusterId: Uuid;
  readonly replicaId: number;
  readonly brokerEpoch: Offset;
  readonly queries: readonly ReplicaEpochEndQuery[];
}

/** The largest epoch of the log not above the one asked for, and where it ends; both -1 for none. */
export interface ReplicaEpochEndAnswer {
  readonly topicId: Uuid;
  readonly partition: number;
  readonly error: ErrorName;
  readonly leaderEpoch: number;
  readonly endOffset: number;
}

/** Answers in the order of the queries. */
export interface ReplicaEpochEndResponse {
  readonly answers: readonly ReplicaEpochEndAnswer[];
}
