import type { PartitionState } from '@milena/metadata';
import { invariant, type Offset } from '@milena/model';
import { LeaderState } from '@milena/replication';
import type { PartitionOptions } from './partition-options';

/** What a partition's log and settings say at the moment of becoming leader. */
export interface LeaderStart {
  /** Newest epoch the log knows. */
  readonly latestEpoch: number;
  readonly epochStartOffset: Offset;
  readonly highWatermark: Offset;
  readonly minInsyncReplicas: number;
}

/** The leader's state for the epoch that `state` begins. */
export function newLeaderState(options: PartitionOptions, state: PartitionState, start: LeaderStart): LeaderState {
  const { nodeId, lagTimeMaxMs, isEligible, clock } = options;
  const { leaderEpoch, partitionEpoch, replicas, isr } = state;
  invariant(leaderEpoch >= start.latestEpoch, 'a leader epoch is never older than its log', { leaderEpoch, ...start });
  return new LeaderState({
    ...start,
    localId: nodeId,
    leaderEpoch,
    partitionEpoch,
    replicas,
    isr,
    lagTimeMaxMs,
    isEligible,
    nowMs: clock.monotonicMs(),
  });
}
