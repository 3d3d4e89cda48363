import type { Endpoint, Offset, OffsetAndEpoch } from '@milena/model';
import type { RaftRequest, RaftResponse } from './messages';
import type { QuorumState } from './quorum-state';

/** Name of a role; the legal transitions are in quorum.ts. */
export type RoleName = 'unattached' | 'prospective' | 'candidate' | 'leader' | 'follower' | 'resigned';

/** A request to send. Exactly one `response` or `requestFailed` with its correlation id must come back. */
export interface OutgoingRequest {
  /** NO_NODE when only the address is known (a bootstrap server). */
  readonly nodeId: number;
  readonly endpoint: Endpoint;
  readonly correlationId: number;
  readonly request: RaftRequest;
  readonly timeoutMs: number;
}

/** The answer to a request that came in; each request gets exactly one, a Fetch maybe much later. */
export interface OutgoingAnswer {
  readonly requestId: number;
  readonly response: RaftResponse;
}

/** Asks for the log to be made durable. Handed back to `flushed` as it is. */
export interface LogFlush {
  /** Everything before this offset. */
  readonly endOffset: Offset;
  /** Counts truncations, so that a flush begun before one is not believed after it. */
  readonly generation: number;
  /** True for the first records of an epoch: before a majority has them on disk the quorum serves nobody. */
  readonly isUrgent: boolean;
}

/** Who leads, from this replica's view. */
export interface Leadership {
  readonly role: RoleName;
  readonly epoch: number;
  readonly leaderId: number | undefined;
  readonly leaderEndpoint: Endpoint | undefined;
  /**
   * Set when this replica leads: the offset of its leader change record. The controller may be told that it is active
   * once it has consumed everything before it, which is so when the high watermark has passed it.
   */
  readonly epochStartOffset: Offset | undefined;
}

/**
 * What the state machine wants done, gathered since it was last asked. The order, stated here and nowhere else:
 *
 * 1. `persist` is written and durable first. Nothing else of these effects, nor of later ones, happens before that.
 * 2. Then `requests`, `answers`, `leadership` and `highWatermark` are carried out. Effects taken earlier go first.
 * 3. `flush` begins any time after it was asked for, and runs beside the rest: no request or answer waits for it here,
 *    because the state machine itself holds back what needs it (a voter's next fetch, the leader's own vote for the high
 *    watermark) until `flushed`. Flushes may be merged: one that began after several were asked for completes the last.
 * 4. Inputs may go on while a flush runs. While `persist` runs they may go on too, as long as rule 1 holds.
 * 5. `installSnapshot` runs beside the rest as well, and no flush begun before counts for the log it leaves. The received
 *    file is made durable and takes its final name; then the log is emptied to start at the snapshot's end, and when that
 *    too is durable, `snapshotInstalled` is called. Until then the replica fetches nothing. A crash in between leaves a
 *    log that does not continue its newest snapshot (`continuesSnapshot`); the next start empties it before raft starts.
 *
 * A write or flush that fails ends the process: it is never retried and believed.
 */
export interface RaftEffects {
  readonly persist: QuorumState | undefined;
  readonly flush: LogFlush | undefined;
  readonly requests: readonly OutgoingRequest[];
  readonly answers: readonly OutgoingAnswer[];
  /** Everything before it is committed. Only ever grows over the life of a process. */
  readonly highWatermark: Offset | undefined;
  /** This snapshot was received completely: see rule 5. Answered by `snapshotInstalled` or `snapshotRefused`. */
  readonly installSnapshot: OffsetAndEpoch | undefined;
  /** Set when role, epoch, leader or its endpoint changed. */
  readonly leadership: Leadership | undefined;
  /** Set once, when a shutdown that was asked for may end: the driver carries out the rest of these effects and stops pumping. */
  readonly stopped: boolean;
  /** Monotonic time at which `tick` must be called at the latest, unless an input comes before; undefined: never. */
  readonly nextTickMs: number | undefined;
  /** For the simulator only (planted bug 1): true lets requests and answers leave before `persist` is durable. */
  readonly releaseBeforePersist: boolean;
}
