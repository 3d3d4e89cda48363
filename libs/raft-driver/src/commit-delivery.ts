import { type Offset, ZERO_OFFSET } from '@milena/model';
import type { Timers } from '@milena/platform';
import type { Leadership, RaftLog } from '@milena/raft';
import { batchesOf } from '@milena/record-batch';
import { committedBatch } from './committed-batch';
import type { LeaderInfo, MetadataLogListener } from './metadata-log';

/** Bytes of the log that are read, and handed to one listener, before anything else may run. */
const CHUNK_BYTES = 1024 * 1024;

/** Tells the listeners what is committed and who leads, in the order that MetadataLogListener states. */
export interface CommitDelivery {
  /** Adds a listener, which gets everything from the log start. */
  add(listener: MetadataLogListener): void;
  /** What is true now. Nothing is told before `run`. */
  leadership(leadership: Leadership): void;
  committed(highWatermark: Offset): void;
  /** Tells what is not told yet: a part now, the rest soon. Called by a listener, it tells soon. */
  run(): void;
  /** As `run`, but never inside this call. */
  runSoon(): void;
  /** The listeners, for what is not about the log. */
  readonly listeners: readonly MetadataLogListener[];
  close(): void;
}

/** How far one listener is. */
interface Progress {
  readonly listener: MetadataLogListener;
  nextOffset: Offset;
  toldLeader: LeaderInfo | undefined;
  /** Epoch of the `onLeader` that no `onResigned` followed yet. */
  activeEpoch: number | undefined;
}

/** Who leads, as listeners and callers get it. */
export function leaderInfo({ leaderId, epoch, leaderEndpoint }: Leadership): LeaderInfo {
  return { leaderId, epoch, ...(leaderEndpoint === undefined ? {} : { endpoint: leaderEndpoint }) };
}

/** Delivery from `log`. What a listener throws goes to `onFatal`, and nothing more is told. */
export function createCommitDelivery(options: {
  readonly log: RaftLog;
  readonly timers: Timers;
  onFatal(error: unknown): void;
}): CommitDelivery {
  const { log, timers, onFatal } = options;
  const progresses: Progress[] = [];
  let highWatermark: Offset = ZERO_OFFSET;
  let leadership: Leadership | undefined;
  let running = false;
  let changedWhileRunning = false;
  let scheduled = false;
  let closed = false;

  /** Gives one listener the next chunk. */
  function deliverChunk(progress: Progress): void {
    const records = log.read(progress.nextOffset, CHUNK_BYTES);
    for (const view of batchesOf(records)) {
      if (view.header.lastOffset >= highWatermark || closed) return;
      progress.nextOffset = view.header.nextOffset;
      if (!view.header.isControl) progress.listener.onCommitted(committedBatch(view));
    }
  }

  function tellLeader(progress: Progress, now: Leadership): void {
    const { listener, activeEpoch } = progress;
    if (activeEpoch !== undefined && (now.role !== 'leader' || now.epoch !== activeEpoch)) {
      progress.activeEpoch = undefined;
      listener.onResigned(activeEpoch);
    }
    const leader = leaderInfo(now);
    if (progress.toldLeader !== undefined && sameLeader(progress.toldLeader, leader)) return;
    progress.toldLeader = leader;
    listener.onLeaderChange(leader);
  }

  function tellActive(progress: Progress, { role, epoch, epochStartOffset }: Leadership): void {
    if (role !== 'leader' || epochStartOffset === undefined || progress.activeEpoch === epoch) return;
    if (progress.nextOffset <= epochStartOffset) return;
    progress.activeEpoch = epoch;
    progress.listener.onLeader(epoch, epochStartOffset);
  }

  function tell(progress: Progress): void {
    if (leadership !== undefined) tellLeader(progress, leadership);
    if (progress.nextOffset < highWatermark) deliverChunk(progress);
    if (leadership !== undefined && !closed) tellActive(progress, leadership);
  }

  function run(): void {
    if (closed) return;
    if (running) {
      changedWhileRunning = true;
      return;
    }
    running = true;
    changedWhileRunning = false;
    try {
      for (const progress of progresses) if (!closed) tell(progress);
    } catch (error) {
      close();
      onFatal(error);
    }
    running = false;
    if (changedWhileRunning || progresses.some(({ nextOffset }) => nextOffset < highWatermark)) runSoon();
  }

  function runSoon(): void {
    if (scheduled || closed) return;
    scheduled = true;
    timers.after(0, () => {
      scheduled = false;
      run();
    });
  }

  function close(): void {
    closed = true;
  }

  return {
    add(listener) {
      progresses.push({ listener, nextOffset: log.startOffset(), toldLeader: undefined, activeEpoch: undefined });
    },
    leadership(now) {
      leadership = now;
    },
    committed(offset) {
      highWatermark = offset;
    },
    run,
    runSoon,
    get listeners() {
      return progresses.map(({ listener }) => listener);
    },
    close,
  };
}

function sameLeader(left: LeaderInfo, right: LeaderInfo): boolean {
  return (
    left.leaderId === right.leaderId &&
    left.epoch === right.epoch &&
    left.endpoint?.host === right.endpoint?.host &&
    left.endpoint?.port === right.endpoint?.port
  );
}
