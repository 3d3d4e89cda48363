import { type Offset, ZERO_OFFSET } from '@milena/model';
import type { Timers } from '@milena/platform';
import type { Leadership, RaftLog } from '@milena/raft';
import { ListenerProgress } from './listener-progress';
import type { MetadataLogListener } from './metadata-log';
import type { SnapshotStore } from './snapshot-store';

/** Tells the listeners what is committed and who leads, in the order that MetadataLogListener states. */
export interface CommitDelivery {
  /** Adds a listener, which gets everything from the newest snapshot, or offset 0, on. */
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

/** Delivery from `log` and `snapshots`. What a listener throws goes to `onFatal`, and nothing more is told. */
export function createCommitDelivery(options: {
  readonly log: RaftLog;
  readonly snapshots: SnapshotStore;
  readonly timers: Timers;
  onFatal(error: unknown): void;
}): CommitDelivery {
  const { log, snapshots, timers, onFatal } = options;
  const progresses: ListenerProgress[] = [];
  let highWatermark: Offset = ZERO_OFFSET;
  let leadership: Leadership | undefined;
  let state: 'idle' | 'running' | 'changed while running' | 'closed' = 'idle';
  let scheduled = false;

  const isOpen = (): boolean => state !== 'closed';

  function tell(progress: ListenerProgress): void {
    if (leadership !== undefined && !progress.isLoading) progress.tellLeader(leadership);
    progress.deliverChunk(highWatermark, isOpen);
    if (!isOpen()) progress.close();
    else if (leadership !== undefined && !progress.isLoading) progress.tellActive(leadership);
  }

  /** Whether somebody has more to be told afterwards. */
  function tellAll(): boolean {
    for (const progress of progresses) if (isOpen()) tell(progress);
    return state === 'changed while running' || progresses.some(({ nextOffset }) => nextOffset < highWatermark);
  }

  function run(): void {
    if (state === 'running') state = 'changed while running';
    if (state !== 'idle') return;
    state = 'running';
    try {
      const hasMore = tellAll();
      if (!isOpen()) return;
      state = 'idle';
      if (hasMore) runSoon();
    } catch (error) {
      state = 'closed';
      onFatal(error);
    }
  }

  function runSoon(): void {
    if (scheduled || !isOpen()) return;
    scheduled = true;
    timers.after(0, () => {
      scheduled = false;
      run();
    });
  }

  return {
    add(listener) {
      progresses.push(new ListenerProgress(listener, log, snapshots));
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
    close() {
      // Who is being told something in this moment is closed when that returns.
      const isTelling = state === 'running' || state === 'changed while running';
      state = 'closed';
      if (!isTelling) for (const progress of progresses) progress.close();
    },
  };
}
