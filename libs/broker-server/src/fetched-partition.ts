import { offset, type Result } from '@milena/model';
import {
  outOfRangeAction,
  truncationOffset,
  type EpochEnd,
  type ReplicaFetchPartition,
  type ReplicaFetchResult,
} from '@milena/replication';
import type { Partition } from './partition';

const FIRST_BACKOFF_MS = 10;

/** How a follower goes on after an answer about one partition. */
export type AfterAnswer = 'again' | 'later' | 'never';

/** One partition that this broker follows, with its backoff. A new leader epoch makes a new one. */
export class FetchedPartition {
  readonly leaderEpoch: number;
  #failures = 0;
  #readyAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    readonly partition: Partition,
    private readonly backoffMaxMs: number,
  ) {
    this.leaderEpoch = partition.leader.leaderEpoch;
  }

  get topicId(): string {
    return this.partition.topicId;
  }

  get index(): number {
    return this.partition.topicPartition.partition;
  }

  /** When it may be fetched again, monotonic milliseconds. */
  get readyAtMs(): number {
    return this.#readyAtMs;
  }

  /** The part of the next request that concerns this partition. */
  position(maxBytes: number): ReplicaFetchPartition {
    const { log } = this.partition;
    return {
      topicId: this.topicId,
      partition: this.index,
      fetchOffset: log.logEndOffset,
      currentLeaderEpoch: this.leaderEpoch,
      lastFetchedEpoch: log.latestEpoch,
      logStartOffset: log.logStartOffset,
      maxBytes,
    };
  }

  /** Takes in the answer to a request made at `fetched`; what the log did not wait for any more is ignored. */
  take(fetched: ReplicaFetchPartition, result: ReplicaFetchResult, nowMs: number): AfterAnswer {
    const { partition } = this;
    if (partition.role.kind !== 'follower' || partition.leader.leaderEpoch !== this.leaderEpoch) return 'never';
    if (fetched.fetchOffset !== partition.log.logEndOffset) return 'again';
    const outcome = this.#apply(result);
    if (outcome.ok) {
      this.#failures = 0;
      return 'again';
    }
    this.#readyAtMs = nowMs + Math.min(this.backoffMaxMs, FIRST_BACKOFF_MS * 2 ** this.#failures);
    this.#failures += 1;
    return 'later';
  }

  #apply(result: ReplicaFetchResult): Result<unknown> {
    const { partition } = this;
    const { divergingEpoch, error } = result;
    if (error === 'OFFSET_OUT_OF_RANGE') return this.#outOfRange(result);
    if (error !== 'NONE') return { ok: false, error: { code: error, message: 'the leader refused the fetch' } };
    if (divergingEpoch !== undefined) return this.#truncate(divergingEpoch);
    return partition.appendAsFollower(result.records, result);
  }

  #truncate(divergingEpoch: EpochEnd): Result<unknown> {
    const { partition } = this;
    const before = { end: partition.log.logEndOffset, epoch: partition.log.latestEpoch };
    const truncated = partition.truncateTo(truncationOffset(partition.log, divergingEpoch));
    const { logEndOffset, latestEpoch } = partition.log;
    if (!truncated.ok || logEndOffset < before.end || latestEpoch < before.epoch) return truncated;
    return { ok: false, error: { code: 'OFFSET_OUT_OF_RANGE', message: 'the divergence leaves nothing to cut' } };
  }

  #outOfRange({ logStartOffset, logEndOffset }: ReplicaFetchResult): Result<unknown> {
    if (logStartOffset < 0 || logEndOffset < 0) {
      return { ok: false, error: { code: 'OFFSET_OUT_OF_RANGE', message: 'the leader did not say its range' } };
    }
    const leader = { logStartOffset: offset(logStartOffset), logEndOffset: offset(logEndOffset) };
    const action = outOfRangeAction(this.partition.log, leader);
    switch (action.kind) {
      case 'truncate-to':
        return this.partition.truncateTo(action.offset);
      case 'restart-at':
        return this.partition.restartAt(action.offset);
      case 'continue':
        return { ok: false, error: { code: 'OFFSET_OUT_OF_RANGE', message: 'the epoch is not in the leader log' } };
    }
  }
}
