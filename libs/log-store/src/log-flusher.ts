import { minOffset, type Offset } from '@milena/model';
import { DiskError, type Disk, type SyncOptions } from '@milena/platform';
import type { LeaderEpochCache } from '@milena/replication';
import { formatLeaderEpochCheckpoint } from './leader-epoch-checkpoint';
import type { LogSegment } from './log-segment';
import type { PartitionMetadata } from './partition-metadata';
import type { SegmentList } from './segment-list';
import { replaceFile } from './small-file';

/** Name of the file that keeps the leader epoch cache. */
export const LEADER_EPOCH_FILE = 'leader-epoch-checkpoint';

/** What a flusher works on; the log owns it. */
export interface FlushedLog {
  readonly disk: Disk;
  readonly folder: string;
  readonly segments: SegmentList;
  readonly epochs: LeaderEpochCache;
  readonly metadata: PartitionMetadata;
  readonly logEndOffset: () => Offset;
  readonly onFailed?: ((error: DiskError) => void) | undefined;
}

/** What a flush has to sync besides batches. */
interface Marks {
  readonly names: boolean;
  readonly parents: readonly string[];
  readonly epochs: boolean;
}

/**
 * Makes a log durable and knows how far it is. Marks are set by the log as it changes; `flush` clears the ones it saw. At
 * most one flush runs, and all calls made meanwhile share the next one. After a failed sync nothing is believed any more:
 * `failure` is set for good.
 */
export class LogFlusher {
  #recoveryPoint: Offset;
  #failure: DiskError | undefined;
  #isStopped = false;
  #running: Promise<Offset> | undefined;
  #queued: Promise<Offset> | undefined;
  /** Lowest truncation since the running flush began: what it syncs above is not what it read. */
  #truncatedTo: Offset | undefined;
  #dataChanged = true;
  #namesChanged = true;
  #parents: readonly string[];
  #epochsChanged = true;
  /** Closed segments whose trimmed indexes are not synced yet, wherever the recovery point is. */
  #rolled: LogSegment[] = [];

  /** `parents` are the folders above the log's whose names for it may not be durable yet. */
  constructor(
    private readonly log: FlushedLog,
    recoveryPoint: Offset,
    parents: readonly string[],
  ) {
    this.#recoveryPoint = recoveryPoint;
    this.#parents = parents;
  }

  get recoveryPoint(): Offset {
    return this.#recoveryPoint;
  }

  get failure(): DiskError | undefined {
    return this.#failure;
  }

  /**
   * Lets a flush under way end without touching the folder again, which is about to be renamed: another partition may take
   * its name, and must not get this one's files.
   */
  stop(): void {
    this.#isStopped = true;
  }

  /** The log can no longer be trusted; `error` is what every later call gets. */
  fail(error: DiskError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.log.onFailed?.(error);
  }

  /** `segment` is closed for writing: its indexes must last from now on, because recovery will trust them. */
  rolled(segment: LogSegment): void {
    this.#rolled.push(segment);
    this.#namesChanged = true;
  }

  dataChanged(): void {
    this.#dataChanged = true;
  }

  /** A file of the folder was created, renamed or removed. */
  namesChanged(): void {
    this.#namesChanged = true;
  }

  epochsChanged(): void {
    this.#epochsChanged = true;
  }

  /** Data from `end` on was removed. True when that moved the recovery point back. */
  truncated(end: Offset): boolean {
    this.#dataChanged = true;
    this.#truncatedTo = this.#truncatedTo === undefined ? end : minOffset(this.#truncatedTo, end);
    if (this.#recoveryPoint <= end) return false;
    this.#recoveryPoint = end;
    return true;
  }

  /** `options` count for a flush that begins at once. */
  flush(options?: SyncOptions): Promise<Offset> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    // It may be about to begin, with none running any more: a third beside it would find nothing left to sync.
    if (this.#queued !== undefined) return this.#queued;
    if (this.#running === undefined) return this.#start(options);
    this.#queued = this.#running.then(
      () => {
        this.#queued = undefined;
        return this.#start();
      },
      (error: unknown) => {
        this.#queued = undefined;
        throw error;
      },
    );
    return this.#queued;
  }

  #start(options?: SyncOptions): Promise<Offset> {
    const running = this.#syncAll(options).finally(() => {
      this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #syncAll(options?: SyncOptions): Promise<Offset> {
    const { segments, logEndOffset } = this.log;
    const end = logEndOffset();
    const unsynced = new Set([...this.#rolled, ...(this.#dataChanged ? segments.from(this.#recoveryPoint) : [])]);
    this.#rolled = [];
    const marks = { names: this.#namesChanged, parents: this.#parents, epochs: this.#epochsChanged };
    this.#dataChanged = this.#namesChanged = this.#epochsChanged = false;
    this.#parents = [];
    this.#truncatedTo = undefined;
    try {
      for (const segment of unsynced) if (!this.#isStopped) await segment.sync(segment !== segments.active, options);
      if (!this.#isStopped) await this.#syncNames(marks, options);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      // The folder is gone from where the flush looked for it; there is nothing left to lose.
      if (this.#isStopped) return this.#recoveryPoint;
      this.fail(error);
      throw error;
    }
    return this.#isStopped ? this.#recoveryPoint : this.#reach(end);
  }

  #reach(end: Offset): Offset {
    const reached = this.#truncatedTo === undefined ? end : minOffset(end, this.#truncatedTo);
    if (reached > this.#recoveryPoint) this.#recoveryPoint = reached;
    return this.#recoveryPoint;
  }

  async #syncNames(marks: Marks, options?: SyncOptions): Promise<void> {
    const { disk, folder, epochs, metadata } = this.log;
    await metadata.save(options);
    if (this.#isStopped) return;
    if (marks.epochs) {
      const text = formatLeaderEpochCheckpoint(epochs.entries);
      await replaceFile(disk, `${folder}/${LEADER_EPOCH_FILE}`, text, {
        writer: metadata.topicId ?? 'new',
        ...options,
      });
    } else if (marks.names) {
      await disk.fsyncDirectory(folder, options);
    }
    for (const parent of marks.parents) await disk.fsyncDirectory(parent, options);
  }
}
