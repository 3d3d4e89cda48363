import { invariant, NO_TIMESTAMP, type Offset, type TimestampMs } from '@milena/model';
import type { Disk, DiskFile, SyncOptions } from '@milena/platform';
import type { BatchHeader } from '@milena/record-batch';
import { scanHeaders, type ScannedBatch } from './batch-scan';
import type { LogConfig } from './log-config';
import { OffsetIndex } from './offset-index';
import { segmentFileName } from './segment-files';
import { TimeIndex } from './time-index';

/** The file positions and relative offsets of a segment are int32. */
const INT32_MAX = 0x7fffffff;

/** What a segment must know of a batch that it takes in. */
export type SegmentBatch = Pick<BatchHeader, 'sizeInBytes' | 'lastOffset' | 'maxTimestamp'>;

/** What is about to be appended, as far as rolling depends on it. */
export interface Incoming {
  readonly bytes: number;
  readonly lastOffset: Offset;
  readonly maxTimestamp: TimestampMs;
}

/**
 * One segment: a log file and its two indexes. Positions in the file are found through the offset index and a short walk
 * over batch headers. The log decides when to roll and keeps segments in order.
 */
export class LogSegment {
  readonly #disk: Disk;
  readonly #file: DiskFile;
  readonly #hadIndexes: boolean;
  readonly offsetIndex: OffsetIndex;
  readonly timeIndex: TimeIndex;
  #size: number;
  #bytesSinceIndexEntry = 0;
  #maxTimestamp: TimestampMs;
  #offsetOfMaxTimestamp: Offset;
  #rollTimestamp: TimestampMs | undefined;
  #pendingSync: Promise<void> = Promise.resolve();
  #isRemoved = false;
  /** What `find` found last. */
  #lastFound: ScannedBatch | undefined;

  /** Opens the files of the segment, or creates them. */
  constructor(
    disk: Disk,
    readonly folder: string,
    readonly baseOffset: Offset,
    /** When the files were made or, after a restart, opened: all that is known of the age of records without timestamps. */
    readonly createdAt: TimestampMs,
  ) {
    this.#disk = disk;
    this.#file = disk.open(this.path('log'), { create: true });
    this.#hadIndexes = disk.exists(this.path('index')) && disk.exists(this.path('timeindex'));
    this.offsetIndex = new OffsetIndex(disk, this.path('index'), baseOffset);
    this.timeIndex = new TimeIndex(disk, this.path('timeindex'), baseOffset);
    this.#size = this.#file.size();
    this.#maxTimestamp = this.timeIndex.last.timestamp;
    this.#offsetOfMaxTimestamp = this.timeIndex.last.offset;
  }

  path(kind: 'log' | 'index' | 'timeindex'): string {
    return `${this.folder}/${segmentFileName(this.baseOffset, kind)}`;
  }

  get file(): DiskFile {
    return this.#file;
  }

  get size(): number {
    return this.#size;
  }

  /** Largest record timestamp with the last offset of the batch that holds it; -1 when empty. */
  get maxTimestamp(): TimestampMs {
    return this.#maxTimestamp;
  }

  get offsetOfMaxTimestamp(): Offset {
    return this.#offsetOfMaxTimestamp;
  }

  /** Whether both indexes can be trusted without reading the log. */
  hasSaneIndexes(): boolean {
    return this.#hadIndexes && this.offsetIndex.isSane(this.#size) && this.timeIndex.isSane(this.#size);
  }

  /** Preallocates the indexes, for the segment that is written to. */
  activate({ segmentIndexBytes }: LogConfig): void {
    this.offsetIndex.file.preallocate(segmentIndexBytes);
    this.timeIndex.file.preallocate(segmentIndexBytes);
  }

  /** Writes the closing time index entry and trims the indexes, for a segment that is written to no longer. */
  deactivate(): void {
    this.timeIndex.append({ timestamp: this.#maxTimestamp, offset: this.#offsetOfMaxTimestamp });
    this.offsetIndex.file.trim();
    this.timeIndex.file.trim();
  }

  /**
   * Whether appending `bytes` more with this last offset and timestamp must go to a new segment: size, time since the first
   * record by record timestamps (by the wall clock when records carry none), a full index, or an offset too far away.
   */
  mustRoll(config: LogConfig, incoming: Incoming, now: TimestampMs): boolean {
    if (incoming.lastOffset - this.baseOffset > INT32_MAX) return true;
    if (this.#size === 0) return false;
    if (this.#size + incoming.bytes > Math.min(config.segmentBytes, INT32_MAX)) return true;
    const indexBytes = config.segmentIndexBytes;
    if (this.offsetIndex.isFull(indexBytes) || this.timeIndex.isFull(indexBytes)) return true;
    const begin = this.#firstTimestamp();
    const waitedMs = begin < 0 ? now - this.createdAt : incoming.maxTimestamp - begin;
    return waitedMs > config.segmentMs - config.segmentJitterMs;
  }

  #firstTimestamp(): TimestampMs {
    if (this.#rollTimestamp !== undefined) return this.#rollTimestamp;
    for (const { header } of scanHeaders(this.#file, 0, this.#size)) return (this.#rollTimestamp = header.maxTimestamp);
    return NO_TIMESTAMP;
  }

  /**
   * Appends batches, given as one run of bytes and what each of them is, in one write. When it throws, `discardUnwritten`
   * must follow.
   */
  append(bytes: Buffer, batches: readonly SegmentBatch[], indexIntervalBytes: number): void {
    let position = this.#size;
    const end = position + bytes.length;
    this.#file.pwrite(bytes, position);
    for (const batch of batches) {
      this.note(batch, position, indexIntervalBytes);
      position += batch.sizeInBytes;
    }
    invariant(position === end, 'batches fill the bytes appended', { position, end });
    // Last, so that batches whose index entries could not be written are not part of the segment either.
    this.#size = end;
  }

  /** Cuts off what a failed append left behind the last batch, in the indexes too; `end` is the log end before it. */
  discardUnwritten(end: Offset): void {
    if (this.#file.size() > this.#size) this.truncate(this.#size, end);
  }

  /** Takes the batch at `position` into the indexes and the largest timestamp; used when appending and when rebuilding. */
  note(batch: SegmentBatch, position: number, indexIntervalBytes: number): void {
    if (batch.maxTimestamp > this.#maxTimestamp) {
      this.#maxTimestamp = batch.maxTimestamp;
      this.#offsetOfMaxTimestamp = batch.lastOffset;
    }
    if (position === 0) this.#rollTimestamp = batch.maxTimestamp;
    if (this.#bytesSinceIndexEntry > indexIntervalBytes) {
      this.offsetIndex.append(batch.lastOffset, position);
      this.timeIndex.append({ timestamp: this.#maxTimestamp, offset: this.#offsetOfMaxTimestamp });
      this.#bytesSinceIndexEntry = 0;
    }
    this.#bytesSinceIndexEntry += batch.sizeInBytes;
  }

  /** The first batch whose last offset is at least `at`; undefined when the segment ends before. */
  find(at: Offset): ScannedBatch | undefined {
    for (const batch of scanHeaders(this.#file, this.#positionBefore(at), this.#size)) {
      if (batch.header.lastOffset < at) continue;
      this.#lastFound = batch;
      return batch;
    }
    return undefined;
  }

  /** Where to look for an offset: whoever reads on from where it was is spared the walk from the index entry. */
  #positionBefore(at: Offset): number {
    const indexed = this.offsetIndex.lookup(at);
    if (this.#lastFound === undefined) return indexed;
    const { header, position } = this.#lastFound;
    if (at >= header.nextOffset) return Math.max(indexed, position + header.sizeInBytes);
    return at >= header.baseOffset ? Math.max(indexed, position) : indexed;
  }

  /** Headers from the last indexed batch at or below `at` to the end of the segment. */
  headersFrom(at: Offset): Generator<ScannedBatch, void, undefined> {
    return scanHeaders(this.#file, this.offsetIndex.lookup(at), this.#size);
  }

  /** Forgets both indexes and the largest timestamp; the caller rebuilds them with `note`. */
  resetIndexes(): void {
    this.offsetIndex.truncateToPosition(0);
    this.timeIndex.truncateToOffset(this.baseOffset);
    this.#resetTimestamps();
  }

  #resetTimestamps(): void {
    this.#bytesSinceIndexEntry = 0;
    this.#maxTimestamp = this.timeIndex.last.timestamp;
    this.#offsetOfMaxTimestamp = this.timeIndex.last.offset;
    if (this.#size === 0) this.#rollTimestamp = undefined;
  }

  /** Cuts the log file at a batch's `position`, the first offset gone being `end`; indexes and largest timestamp follow. */
  truncate(position: number, end: Offset): void {
    this.#lastFound = undefined;
    this.#file.truncate(position);
    this.#size = position;
    this.offsetIndex.truncateToPosition(position);
    this.timeIndex.truncateToOffset(end);
    this.#resetTimestamps();
    // The index may lag behind the largest timestamp of what is left.
    for (const { header } of this.headersFrom(this.timeIndex.last.offset)) {
      if (header.maxTimestamp <= this.#maxTimestamp) continue;
      this.#maxTimestamp = header.maxTimestamp;
      this.#offsetOfMaxTimestamp = header.lastOffset;
    }
  }

  /** Makes the batches durable; with `indexes` also those, which matter only for a segment that recovery will not scan. A removed segment has nothing to sync. */
  sync(indexes: boolean, options?: SyncOptions): Promise<void> {
    if (this.#isRemoved) return Promise.resolve();
    const syncs = [this.#file.fdatasync(options)];
    if (indexes) syncs.push(this.offsetIndex.file.sync(), this.timeIndex.file.sync());
    const all = Promise.all(syncs).then(() => undefined);
    this.#pendingSync = all.catch(() => undefined);
    return all;
  }

  /** Closes the files once no sync is running on them. */
  async close(): Promise<void> {
    await this.#pendingSync;
    this.#file.close();
    this.offsetIndex.file.close();
    this.timeIndex.file.close();
  }

  /** Takes the files out of the log: they have names that no start looks for. Throws DiskError. */
  putAway(): void {
    this.#isRemoved = true;
    for (const path of this.#paths()) this.#disk.rename(path, `${path}.deleted`);
  }

  /** Closes and removes the files that were put away, once no sync is running. */
  async remove(): Promise<void> {
    await this.close();
    for (const path of this.#paths()) this.#disk.removeFile(`${path}.deleted`);
  }

  #paths(): readonly string[] {
    return [this.path('log'), this.path('index'), this.path('timeindex')];
  }
}
