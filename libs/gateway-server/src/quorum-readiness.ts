import type { RaftDriver } from '@milena/raft-driver';

/** What readiness is told by. */
export interface QuorumReadinessOptions {
  readonly metadataLog: Pick<RaftDriver, 'health' | 'leader' | 'leaderHighWatermark'>;
  /** Offset before which everything was taken in, control records included. */
  readonly appliedEnd: () => number;
}

/** Whether an image follows a live quorum. `look` wants to be called now and then. */
export class QuorumReadiness {
  #hasCaughtUp = false;

  constructor(private readonly options: QuorumReadinessOptions) {}

  /** Whether the image has contained everything committed at one time since the start: reads are never older than that. */
  get hasCaughtUp(): boolean {
    return this.#hasCaughtUp;
  }

  /** Looks again; true while the image follows a live quorum. */
  look(): boolean {
    const { metadataLog, appliedEnd } = this.options;
    const isLive = metadataLog.health() && metadataLog.leader().leaderId !== undefined;
    const committed = metadataLog.leaderHighWatermark();
    // The leader's word, not our own log's: a long log comes in many fetches, and each of them is committed as far as it goes.
    if (isLive && committed !== undefined) this.#hasCaughtUp ||= appliedEnd() >= committed;
    return isLive && this.#hasCaughtUp;
  }
}
