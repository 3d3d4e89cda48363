import { NO_NODE, ZERO_UUID, type Uuid } from '@milena/model';

/**
 * What a replica must remember over a crash (Raft figure 2, Kafka's `quorum-state` file). Durable before any request or
 * answer that follows from it leaves the process.
 */
export interface QuorumState {
  /** Leader of `leaderEpoch`, NO_NODE while unknown. */
  readonly leaderId: number;
  /** The highest epoch seen; never decreases. */
  readonly leaderEpoch: number;
  /** Whom this replica voted for in `leaderEpoch`, NO_NODE when nobody. */
  readonly votedId: number;
  /** Directory id of the one voted for, ZERO_UUID when nobody or unknown. */
  readonly votedDirectoryId: Uuid;
}

/** The state of a replica that never took part in an election. */
export const INITIAL_QUORUM_STATE: QuorumState = {
  leaderId: NO_NODE,
  leaderEpoch: 0,
  votedId: NO_NODE,
  votedDirectoryId: ZERO_UUID,
};

/** Whether two states are the same on disk. */
export function sameQuorumState(left: QuorumState, right: QuorumState): boolean {
  return (
    left.leaderId === right.leaderId &&
    left.leaderEpoch === right.leaderEpoch &&
    left.votedId === right.votedId &&
    left.votedDirectoryId === right.votedDirectoryId
  );
}
