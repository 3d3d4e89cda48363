import type { Offset } from '@milena/model';
import type { Clock, Logger } from '@milena/platform';
import type { RaftResponse } from '@milena/raft';

/** What a contact with the leader goes by. */
export interface LeaderContactOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly clusterId: string;
  readonly fetchTimeoutMs: number;
}

/** What the answers of other controllers say of this node's touch with a leader. */
export class LeaderContact {
  #lastFetchMs = -Infinity;
  #highWatermark: Offset | undefined;
  #isOfOtherCluster = false;

  constructor(private readonly options: LeaderContactOptions) {}

  /** The leader's high watermark, as its answer to the last fetch said. */
  get highWatermark(): Offset | undefined {
    return this.#highWatermark;
  }

  /** Whether a leader answered a fetch within the fetch timeout. */
  get isRecent(): boolean {
    const { clock, fetchTimeoutMs } = this.options;
    return clock.monotonicMs() - this.#lastFetchMs <= fetchTimeoutMs;
  }

  /** Takes in an answer. */
  answered(response: RaftResponse): void {
    this.#tellOfOtherCluster(response.error === 'INCONSISTENT_CLUSTER_ID');
    if (response.type !== 'fetch' || response.error !== 'NONE') return;
    this.#lastFetchMs = this.options.clock.monotonicMs();
    this.#highWatermark = response.highWatermark;
  }

  /** Controllers of another cluster answer like this without end: the first time is worth a line. */
  #tellOfOtherCluster(isOther: boolean): void {
    const { clusterId, logger } = this.options;
    if (isOther && !this.#isOfOtherCluster) logger.warn('the controllers are of another cluster', { clusterId });
    this.#isOfOtherCluster = isOther;
  }
}
