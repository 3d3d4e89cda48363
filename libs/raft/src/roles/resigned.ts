import type { ReplicaKey } from '../replica-key';

/** Led this epoch and does not any more. It grants votes to others but must never answer a fetch as leader of the epoch. */
export interface Resigned {
  readonly name: 'resigned';
  readonly epoch: number;
  readonly electionDeadlineMs: number;
  /** Voters to take over, the most up to date first. */
  readonly preferredCandidates: readonly ReplicaKey[];
  /** Voters that still have to be told with EndQuorumEpoch; empty after a restart. */
  readonly untold: Set<number>;
  /** Voters that could not be told at the last try. */
  readonly unreachable: Set<number>;
}
