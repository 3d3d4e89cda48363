import type { RaftDriver } from '@milena/raft-driver';

/**
 * What a shim may do. `starting`: it has not yet read all that was committed when it came. `following`: everything.
 * `stale`: the quorum was lost a moment ago, reads go on. `lost`: for too long; only clients that take a read-only server
 * are served, until all that was committed meanwhile is read.
 */
export type AvailabilityState = 'starting' | 'following' | 'stale' | 'lost';

/** Where the metadata log stands at its leader, and whether somebody leads it. */
export type FollowedLog = Pick<RaftDriver, 'health' | 'leaderHighWatermark'>;

/** Works out what a shim may do from how it follows the metadata log. */
export class Availability {
  #state: AvailabilityState = 'starting';
  #lastFollowedMs = 0;

  constructor(
    private readonly log: FollowedLog,
    private readonly staleReadsMs: number,
  ) {}

  get state(): AvailabilityState {
    return this.#state;
  }

  /** Looks again; `lastZxid` is undefined while there is no tree. */
  check(nowMs: number, lastZxid: number | undefined): AvailabilityState {
    this.#state = this.#next(nowMs, lastZxid);
    if (this.#state === 'following') this.#lastFollowedMs = nowMs;
    return this.#state;
  }

  #next(nowMs: number, lastZxid: number | undefined): AvailabilityState {
    const isFollowing = this.log.health();
    if (this.#state === 'starting' || this.#state === 'lost') {
      const committed = this.log.leaderHighWatermark();
      const isLevel = committed !== undefined && lastZxid !== undefined && lastZxid >= committed;
      return isFollowing && isLevel ? 'following' : this.#state;
    }
    if (isFollowing) return 'following';
    return nowMs - this.#lastFollowedMs > this.staleReadsMs ? 'lost' : 'stale';
  }
}
