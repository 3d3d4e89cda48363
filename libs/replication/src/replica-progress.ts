import { NO_OFFSET, type Offset } from '@milena/model';

/** One fetch of a follower as its leader sees it. */
export interface FollowerFetch {
  readonly replicaId: number;
  /** Broker epoch the follower fetched with. */
  readonly brokerEpoch: number;
  /** The follower's log end offset. */
  readonly fetchOffset: Offset;
  /** Monotonic milliseconds. */
  readonly nowMs: number;
}

/**
 * How far one follower has come since this leader's epoch began. `lastCaughtUpMs` is the latest time at which the
 * follower had everything the leader had (Kafka's rule: a fetch at the leader's end counts as now; one at or beyond the
 * end seen at the previous fetch counts as the time of that fetch).
 */
export class ReplicaProgress {
  #logEndOffset: Offset = NO_OFFSET;
  #brokerEpoch = -1;
  #lastCaughtUpMs: number;
  #lastFetchMs = Number.NEGATIVE_INFINITY;
  #leaderEndAtLastFetch = Number.POSITIVE_INFINITY;

  /** A member of the ISR gets the benefit of the doubt from `nowMs` on; any other counts as never caught up. */
  constructor(
    readonly replicaId: number,
    inSync: boolean,
    nowMs: number,
  ) {
    this.#lastCaughtUpMs = inSync ? nowMs : Number.NEGATIVE_INFINITY;
  }

  /** NO_OFFSET until the follower's first fetch in this leader epoch. */
  get logEndOffset(): Offset {
    return this.#logEndOffset;
  }

  /** -1 until the first fetch. */
  get brokerEpoch(): number {
    return this.#brokerEpoch;
  }

  get lastCaughtUpMs(): number {
    return this.#lastCaughtUpMs;
  }

  /** Takes in a fetch; false, and nothing changes, when it comes from an older registration of the broker. */
  fetched(fetch: FollowerFetch, leaderEndOffset: Offset): boolean {
    if (fetch.brokerEpoch < this.#brokerEpoch) return false;
    if (fetch.fetchOffset >= leaderEndOffset) {
      this.#lastCaughtUpMs = Math.max(this.#lastCaughtUpMs, fetch.nowMs);
    } else if (fetch.fetchOffset >= this.#leaderEndAtLastFetch) {
      this.#lastCaughtUpMs = Math.max(this.#lastCaughtUpMs, this.#lastFetchMs);
    }
    this.#logEndOffset = fetch.fetchOffset;
    this.#brokerEpoch = fetch.brokerEpoch;
    this.#leaderEndAtLastFetch = leaderEndOffset;
    this.#lastFetchMs = fetch.nowMs;
    return true;
  }

  /** Level with the leader, or level with it at some time within the last `lagTimeMaxMs`. */
  isCaughtUp(leaderEndOffset: Offset, nowMs: number, lagTimeMaxMs: number): boolean {
    return this.#logEndOffset === leaderEndOffset || nowMs - this.#lastCaughtUpMs <= lagTimeMaxMs;
  }
}
