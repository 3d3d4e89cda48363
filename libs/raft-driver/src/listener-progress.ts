import { addOffset, invariant, type Offset, type OffsetAndEpoch, type TimestampMs, ZERO_OFFSET } from '@milena/model';
import type { Leadership, RaftLog } from '@milena/raft';
import { batchesOf, type BatchView } from '@milena/record-batch';
import { committedBatch, committedLeaderChange } from './committed-batch';
import { isElectionOpen } from './election-open';
import type { SnapshotStore } from './snapshot-store';
import { type LeaderInfo, type MetadataLogListener } from './metadata-log';

/** Bytes of the log that are read, and handed to one listener, before anything else may run: some 2,000 records of partitions. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Steps of a listener that takes a snapshot in, before anything else may run: some milliseconds. There is one in the first
 * turn, so that every snapshot takes two: what may come between is met early, and in every simulation.
 */
const SNAPSHOT_STEPS = { firstTurn: 1, turn: 4 } as const;

/** A snapshot that the listener takes in step by step. */
interface Loading {
  readonly id: OffsetAndEpoch;
  readonly timestamp: TimestampMs;
  readonly steps: Iterator<void>;
}

/** Who leads, as listeners and callers get it. */
export function leaderInfo({ leaderId, epoch, leaderEndpoint }: Leadership): LeaderInfo {
  return leaderEndpoint === undefined ? { leaderId, epoch } : { leaderId, epoch, endpoint: leaderEndpoint };
}

/** How far one listener is, and what it is told next. */
export class ListenerProgress {
  #nextOffset: Offset = ZERO_OFFSET;
  #toldLeader: LeaderInfo | undefined;
  /** The epoch whose leader the snapshot left out, as long as that is not told. */
  #untold: { readonly epoch: number; readonly timestamp: TimestampMs } | undefined;
  #isElectionOpen = false;
  /** Epoch of the `onLeader` that no `onResigned` followed yet. */
  #activeEpoch: number | undefined;
  #loading: Loading | undefined;

  constructor(
    readonly listener: MetadataLogListener,
    private readonly log: Pick<RaftLog, 'startOffset' | 'read'>,
    private readonly snapshots: Pick<SnapshotStore, 'latest' | 'load'>,
  ) {}

  /** Everything before it was delivered. */
  get nextOffset(): Offset {
    return this.#nextOffset;
  }

  /** Whether the listener is in the middle of a snapshot and may be told nothing else. */
  get isLoading(): boolean {
    return this.#loading !== undefined;
  }

  /** Gives up a snapshot in the middle of it: nothing is told any more. */
  close(): void {
    const { steps } = this.#loading ?? {};
    this.#loading = undefined;
    steps?.return?.();
  }

  /** Tells that this node resigned, and who leads, if the listener does not know. */
  tellLeader(now: Leadership): void {
    const activeEpoch = this.#activeEpoch;
    if (activeEpoch !== undefined && (now.role !== 'leader' || now.epoch !== activeEpoch)) {
      this.#activeEpoch = undefined;
      this.listener.onResigned(activeEpoch);
    }
    this.#tellLeaderOfSnapshot(now);
    const leader = leaderInfo(now);
    if (this.#toldLeader === undefined || !sameLeader(this.#toldLeader, leader)) {
      this.#toldLeader = leader;
      this.listener.onLeaderChange(leader);
    }
    this.#tellElection(isElectionOpen(now) || (now.role === 'leader' && this.#activeEpoch !== now.epoch));
  }

  #tellElection(isOpen: boolean): void {
    if (this.#isElectionOpen === isOpen) return;
    this.#isElectionOpen = isOpen;
    this.listener.onElection?.(isOpen);
  }

  /** Delivers the next chunk of what lies before `highWatermark`, while `mayGoOn`; part of a snapshot is a chunk of its own. */
  deliverChunk(highWatermark: Offset, mayGoOn: () => boolean): void {
    if (this.#nextOffset >= highWatermark) return;
    if (this.#loading !== undefined) this.#takeSteps(this.#loading, SNAPSHOT_STEPS.turn, mayGoOn);
    else if (!this.#beginSnapshot(highWatermark, mayGoOn)) this.#deliverBatches(highWatermark, mayGoOn);
    if (mayGoOn() && !this.isLoading) this.listener.onDelivered?.(this.#nextOffset);
  }

  #deliverBatches(highWatermark: Offset, mayGoOn: () => boolean): void {
    const records = this.log.read(this.#nextOffset, CHUNK_BYTES);
    invariant(records.length > 0, 'what is committed is in the log', { nextOffset: this.#nextOffset, highWatermark });
    for (const view of batchesOf(records)) {
      if (view.header.lastOffset >= highWatermark || !mayGoOn()) return;
      this.#nextOffset = view.header.nextOffset;
      if (view.header.isControl) this.#tellControl(view);
      else this.listener.onCommitted(committedBatch(view));
    }
  }

  /** Whether a snapshot was due: to begin with, or because the log no longer holds what comes next. */
  #beginSnapshot(highWatermark: Offset, mayGoOn: () => boolean): boolean {
    const { latest } = this.snapshots;
    const isDue = this.#nextOffset === 0 || this.#nextOffset < this.log.startOffset();
    if (!isDue || latest === undefined) return false;
    invariant(latest.offset <= highWatermark, 'a snapshot holds committed records only', { latest, highWatermark });
    const snapshot = this.snapshots.load(latest);
    const { id, timestamp } = snapshot;
    const steps = this.listener.onSnapshot(snapshot);
    if (steps === undefined) this.#finishSnapshot(id, timestamp);
    else {
      this.#loading = { id, timestamp, steps: steps[Symbol.iterator]() };
      this.#takeSteps(this.#loading, SNAPSHOT_STEPS.firstTurn, mayGoOn);
    }
    return true;
  }

  #takeSteps({ id, timestamp, steps }: Loading, count: number, mayGoOn: () => boolean): void {
    for (let taken = 0; taken < count && mayGoOn(); taken++) {
      if (steps.next().done !== true) continue;
      this.#loading = undefined;
      this.#finishSnapshot(id, timestamp);
      return;
    }
  }

  #finishSnapshot({ offset, epoch }: OffsetAndEpoch, timestamp: TimestampMs): void {
    this.#nextOffset = offset;
    this.#untold = { epoch, timestamp };
  }

  /** A snapshot says in which epoch it ends, not who led then; where that epoch goes on, its leader is known. */
  #tellLeaderOfSnapshot({ leaderId, epoch }: Leadership): void {
    const untold = this.#untold;
    if (untold?.epoch !== epoch || leaderId === undefined) return;
    this.#untold = undefined;
    const offset = addOffset(this.#nextOffset, -1);
    this.listener.onCommittedLeaderChange?.({ leaderId, epoch, offset, timestamp: untold.timestamp });
  }

  #tellControl(view: BatchView): void {
    if (this.listener.onCommittedLeaderChange === undefined) return;
    const change = committedLeaderChange(view);
    if (change === undefined) return;
    this.#untold = undefined;
    this.listener.onCommittedLeaderChange(change);
  }

  /** Tells that this node leads once the first record of its epoch, and so everything before, was delivered. */
  tellActive(now: Leadership): void {
    const { role, epoch, epochStartOffset } = now;
    this.#tellLeaderOfSnapshot(now);
    if (role !== 'leader' || epochStartOffset === undefined || this.#activeEpoch === epoch) return;
    if (this.#nextOffset <= epochStartOffset) return;
    this.#activeEpoch = epoch;
    this.listener.onLeader(epoch, epochStartOffset);
    this.#tellElection(false);
  }
}

function sameLeader(left: LeaderInfo, right: LeaderInfo): boolean {
  return (
    left.leaderId === right.leaderId &&
    left.epoch === right.epoch &&
    left.endpoint?.host === right.endpoint?.host &&
    left.endpoint?.port === right.endpoint?.port
  );
}
