import type { Uuid } from '@milena/model';

/** RECOVERING: the leader was elected uncleanly and may have lost records its followers must drop (KIP-704). */
export type LeaderRecoveryState = 'RECOVERED' | 'RECOVERING';

/**
 * What the controller has decided about one partition. Values are immutable: a change makes a new object.
 * Invariants: `isr` is a subset of `replicas` without repetition, `leader` is NO_NODE or a member of `isr`,
 * `directories` runs parallel to `replicas`.
 */
export interface PartitionState {
  /** Brokers assigned to the partition in order of preference; the first is the preferred leader. */
  readonly replicas: readonly number[];
  /** In-sync replicas. Empty only where eligible leader replicas (KIP-966) are in use. */
  readonly isr: readonly number[];
  /** Node id of the leader, NO_NODE while there is none. */
  readonly leader: number;
  /** Grows by one with every change of leader. */
  readonly leaderEpoch: number;
  /** Grows by one with every change of any kind; the compare-and-set version of AlterPartition (KIP-497). */
  readonly partitionEpoch: number;
  readonly leaderRecoveryState: LeaderRecoveryState;
  /** Log directory id of each replica, ZERO_UUID where the broker has not chosen one yet (KIP-858). */
  readonly directories: readonly Uuid[];
  /** Replicas a reassignment is adding. */
  readonly addingReplicas: readonly number[];
  /** Replicas a reassignment will remove. */
  readonly removingReplicas: readonly number[];
  /** Eligible leader replicas: not in sync, yet with everything below the high watermark (KIP-966). Apart from `isr`. */
  readonly elr: readonly number[];
  /** The last leader, kept once both `isr` and `elr` are empty (KIP-966). */
  readonly lastKnownElr: readonly number[];
}

/** Whether two states say the same. */
export function isSamePartitionState(left: PartitionState, right: PartitionState): boolean {
  return (
    left.leader === right.leader &&
    left.leaderEpoch === right.leaderEpoch &&
    left.partitionEpoch === right.partitionEpoch &&
    left.leaderRecoveryState === right.leaderRecoveryState &&
    isSameList(left.replicas, right.replicas) &&
    isSameList(left.isr, right.isr) &&
    isSameList(left.directories, right.directories) &&
    isSameList(left.addingReplicas, right.addingReplicas) &&
    isSameList(left.removingReplicas, right.removingReplicas) &&
    isSameList(left.elr, right.elr) &&
    isSameList(left.lastKnownElr, right.lastKnownElr)
  );
}

function isSameList<T>(left: readonly T[], right: readonly T[]): boolean {
  return left === right || (left.length === right.length && left.every((item, index) => item === right[index]));
}
