import type { Offset, OffsetAndEpoch, Result } from '@milena/model';
import type { ChannelFailureReason } from '@milena/platform';
import type { KraftUpgrade } from './kraft-upgrade';
import type { DescribeQuorumResponse, RaftRequest, RaftResponse } from './messages';
import type { Leadership, LogFlush, RaftEffects } from './raft-effects';
import type { VoterSet } from './voter-set';

/** Where an append landed. Committed when the high watermark passes `lastOffset`. */
export interface Appended {
  readonly baseOffset: Offset;
  readonly lastOffset: Offset;
}

/** A voter set of the log. */
export interface WrittenVoterSet {
  readonly kraftVersion: number;
  readonly voters: VoterSet;
}

/**
 * One replica of the metadata log: the KRaft state machine (KIP-595, 853, 996). Synchronous and without I/O: inputs come
 * in, `takeEffects` says what is to be done. Every input reads the monotonic clock for itself.
 */
export interface Raft {
  /** Called once before any other input. */
  start(): void;
  /** Time passed; call it at `nextTickMs`. Calling it early does no harm. */
  tick(): void;
  /** A peer's request. `requestId` is the driver's name for it and comes back in the answer. */
  request(requestId: number, request: RaftRequest): void;
  /** Nobody waits for the answer any more (its stream broke). */
  requestGone(requestId: number): void;
  /** The response to an outgoing request. */
  response(correlationId: number, response: RaftResponse): void;
  /** An outgoing request got no response. `reset` and `refused` make the leader suspect. */
  requestFailed(correlationId: number, reason: ChannelFailureReason): void;
  /** A connection to the node was reset or refused while no request was under way (decision 11). */
  peerSuspected(nodeId: number): void;
  /**
   * Appends one batch when this replica leads `epoch`. `encode` makes its final bytes for the base offset and epoch.
   * Fails with NOT_CONTROLLER, or THROTTLING_QUOTA_EXCEEDED while too much is uncommitted; then nothing was written.
   */
  append(epoch: number, encode: (baseOffset: Offset) => Uint8Array): Result<Appended>;
  /** The state of the effect `persist` is durable, and that took `tookMs`: a slow disk needs more time between elections. */
  stateStored(tookMs: number): void;
  /** The flush that was asked for is done. */
  flushed(flush: LogFlush): void;
  /** The snapshot of the effect `installSnapshot` is in its place, and the empty log that starts at its end: both durably. */
  snapshotInstalled(id: OffsetAndEpoch): void;
  /** The snapshot of the effect `installSnapshot` is damaged. It was dropped, nothing else changed; it is fetched again. */
  snapshotRefused(id: OffsetAndEpoch): void;
  /** Raises kraft.version; see `upgradeKraftVersion`. What is appended behind it is committed after it. */
  upgradeKraftVersion(upgrade: KraftUpgrade): Result<void>;
  /** Gives up leadership of `epoch` in favour of the most up-to-date voter; does nothing when not leading it. */
  resign(epoch: number): void;
  /** Begins a graceful stop: a leader hands over and goes on answering until `stopped` or the time is up. */
  shutdown(timeoutMs: number): void;
  /** What is to be done since the last call. */
  takeEffects(): RaftEffects;
  readonly leadership: Leadership;
  /** Everything before it is committed; undefined while unknown. */
  readonly highWatermark: Offset | undefined;
  /** The latest voter set, committed or not. */
  readonly voters: VoterSet;
  /**
   * What a snapshot that ends at `end` must hold: the voter set written last before it and the kraft.version that comes with
   * it. Undefined while the log holds none. Known from the newest snapshot on that this replica started with or installed.
   */
  votersAt(end: Offset): WrittenVoterSet | undefined;
  /** 1 when the voters are in the log, committed or not; 0 while they are fixed by configuration or not known yet. */
  readonly kraftVersion: number;
  /** The quorum as this replica sees it; the lists are filled on the leader only. */
  describe(): DescribeQuorumResponse;
}
