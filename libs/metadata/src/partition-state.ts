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
  /** In-sync replicas. Empty only once eligible leader replicas (KIP-966) are in use. */
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
}
