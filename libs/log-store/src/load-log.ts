import { MalformedInput } from '@milena/bytes';
import { maxOffset, minOffset, NO_EPOCH, ZERO_OFFSET, type Offset } from '@milena/model';
import { DiskError, type Disk } from '@milena/platform';
import type { BatchHeader } from '@milena/record-batch';
import { LeaderEpochCache, ProducerState } from '@milena/replication';
import { LEADER_EPOCH_FILE } from './log-flusher';
import { parseLeaderEpochCheckpoint } from './leader-epoch-checkpoint';
import { LogSegment } from './log-segment';
import type { LogRecovery, PartitionLogOptions } from './partition-log';
import { ProducerSnapshots } from './producer-snapshots';
import { rebuildProducers } from './rebuild-producers';
import { scanValidBatches } from './scan-valid-batches';
import { parseSegmentFileName, segmentFileName } from './segment-files';
import { SegmentList } from './segment-list';
import { readTextFile } from './small-file';

/** A log as found on disk, ready to be appended to. */
export interface LoadedLog {
  readonly segments: SegmentList;
  readonly epochs: LeaderEpochCache;
  readonly producers: ProducerState;
  readonly snapshots: ProducerSnapshots;
  /** Closed segments whose indexes were written anew and are not synced. */
  readonly rebuilt: readonly LogSegment[];
  readonly logStartOffset: Offset;
  readonly logEndOffset: Offset;
  /** Everything below is durable: what the caller knew, as far as it is still there; all of it after a clean shutdown. */
  readonly recoveryPoint: Offset;
  readonly recovery: LogRecovery;
}

/** Removes what unfinished work left behind; the base offsets of the segments that are there, ascending. */
function listSegments(disk: Disk, folder: string): readonly Offset[] {
  const names = disk.list(folder);
  for (const name of names) {
    if (/\.(deleted|cleaned|tmp)$/.test(name)) disk.removeFile(`${folder}/${name}`);
    // Only a compaction that was interrupted while swapping leaves these; this engine never compacts.
    if (name.endsWith('.swap')) throw new DiskError('ENOTSUP', `${folder}/${name}`, 'finish compaction of');
  }
  const files = names.map(parseSegmentFileName).filter((file) => file !== undefined);
  const bases = new Set(files.filter(({ kind }) => kind === 'log').map((file) => file.offset));
  for (const { offset: at, kind } of files) {
    const isOrphan = kind !== 'log' && kind !== 'snapshot' && !bases.has(at);
    if (isOrphan) disk.removeFile(`${folder}/${segmentFileName(at, kind)}`);
  }
  return [...bases].sort((left, right) => left - right);
}

/** The epochs in leader-epoch-checkpoint; undefined when the file is missing or damaged. */
function loadEpochs(disk: Disk, folder: string): LeaderEpochCache | undefined {
  const text = readTextFile(disk, `${folder}/${LEADER_EPOCH_FILE}`);
  if (text === undefined) return undefined;
  try {
    return new LeaderEpochCache(parseLeaderEpochCheckpoint(text));
  } catch (error) {
    if (error instanceof MalformedInput) return undefined;
    throw error;
  }
}

/** End of the last batch of a segment that is trusted; undefined when its tail turns out not to be whole. */
function trustedEnd(segment: LogSegment): Offset | undefined {
  if (segment.size === 0) return segment.baseOffset;
  let end: Offset | undefined;
  try {
    for (const { header } of segment.headersFrom(segment.offsetIndex.lastOffset)) end = header.nextOffset;
    return end;
  } catch (error) {
    if (error instanceof MalformedInput) return undefined;
    throw error;
  }
}

/** Loads a log, checking and repairing what cannot be trusted (storage rules of Kafka's LogLoader). */
class LogLoader {
  readonly #segments = new SegmentList();
  readonly #epochs: LeaderEpochCache;
  readonly #rebuildsEpochs: boolean;
  #end = ZERO_OFFSET;
  /** Epoch of the last batch that was checked. */
  #epoch = NO_EPOCH;
  readonly #scanned: LogSegment[] = [];
  #truncatedBytes = 0;

  constructor(private readonly options: PartitionLogOptions) {
    const { disk, folder, recoveryRules } = options;
    const epochs = recoveryRules === undefined ? loadEpochs(disk, folder) : undefined;
    this.#epochs = epochs ?? new LeaderEpochCache();
    this.#rebuildsEpochs = epochs === undefined;
  }

  load(): LoadedLog {
    const { disk, folder, logger, recoveryPoint, cleanShutdown, clock } = this.options;
    const bases = listSegments(disk, folder);
    const snapshots = new ProducerSnapshots(disk, folder, logger);
    const firstUnsynced = bases.findLast((base) => base <= recoveryPoint) ?? ZERO_OFFSET;
    const all = bases.map((base) => new LogSegment(disk, folder, base, clock.wallMs()));
    try {
      for (const [index, segment] of all.entries()) {
        const isSuspect = !cleanShutdown && segment.baseOffset >= firstUnsynced;
        if (this.#loadSegment(segment, isSuspect, index === all.length - 1)) continue;
        this.#dropFrom(all.slice(index + 1));
        break;
      }
    } catch (error) {
      for (const segment of all) segment.close().catch(() => undefined);
      throw error;
    }
    if (this.#segments.all.length === 0) this.#createFirst(this.options.logStartOffset ?? ZERO_OFFSET);
    // What was written after the last sync may belong to batches that a truncation removed again.
    if (!cleanShutdown) snapshots.removeWhere((at) => at > recoveryPoint);
    return this.#finish(snapshots);
  }

  /** Takes a segment in; false when it was cut or is stale, so that nothing after it can belong to the log. */
  #loadSegment(segment: LogSegment, isSuspect: boolean, isLast: boolean): boolean {
    if (this.#segments.all.length > 0 && !this.#mayFollow(segment)) {
      this.#dropFrom([segment]);
      return false;
    }
    this.#segments.push(segment);
    const end = isSuspect || !segment.hasSaneIndexes() ? undefined : isLast ? trustedEnd(segment) : segment.baseOffset;
    // Where only indexes are rebuilt, the epochs on file are right, and later segments have theirs in it.
    if (end === undefined) return this.#recover(segment, isSuspect || this.#rebuildsEpochs);
    this.#end = end;
    return !this.#rebuildsEpochs || this.#assignEpochs(segment) || this.#recover(segment, true);
  }

  /**
   * Whether a segment can belong to the log whose end was found. One that begins later leaves a hole. Behind a segment that
   * was checked, the hole is an unsynced tail that a power cut took, while the next segment's name was already durable.
   */
  #mayFollow({ baseOffset }: LogSegment): boolean {
    if (baseOffset <= this.#end) return baseOffset === this.#end;
    return this.#scanned.at(-1) !== this.#segments.active;
  }

  /** Reads the epochs from the batches of a trusted segment; false when it turns out not to be whole. */
  #assignEpochs(segment: LogSegment): boolean {
    try {
      for (const { header } of segment.headersFrom(segment.baseOffset)) this.#assignEpoch(header);
      return true;
    } catch (error) {
      if (error instanceof MalformedInput) return false;
      throw error;
    }
  }

  #assignEpoch({ partitionLeaderEpoch, baseOffset }: BatchHeader): void {
    if (partitionLeaderEpoch >= 0) this.#epochs.assign(partitionLeaderEpoch, baseOffset);
  }

  /** Checks every batch, rebuilds indexes and epochs, cuts the file before the first batch that is not valid. */
  #recover(segment: LogSegment, takesEpochs: boolean): boolean {
    const { config, recoveryPoint, recoveryRules, logger, folder } = this.options;
    segment.resetIndexes();
    if (takesEpochs) this.#epochs.truncateFromEnd(segment.baseOffset);
    this.#scanned.push(segment);
    let validBytes = 0;
    let end = segment.baseOffset;
    for (const { header, position } of scanValidBatches(segment.file, segment.baseOffset)) {
      // Epochs never go back: this batch was removed once, and the cut was not durable.
      if (header.partitionLeaderEpoch < this.#epoch) break;
      if (recoveryRules?.accepts(header, { offset: end, epoch: this.#epoch }) === false) break;
      segment.note(header, position, config.indexIntervalBytes);
      if (takesEpochs) this.#assignEpoch(header);
      validBytes = position + header.sizeInBytes;
      end = header.nextOffset;
      this.#epoch = header.partitionLeaderEpoch;
    }
    this.#end = end;
    const invalidBytes = segment.size - validBytes;
    if (invalidBytes === 0) return true;
    recoveryRules?.beforeCut(end, segment.path('log'));
    logger.warn('log cut at the first invalid batch', { folder, offset: end, bytes: invalidBytes, recoveryPoint });
    segment.truncate(validBytes, end);
    this.#truncatedBytes += invalidBytes;
    return false;
  }

  /** Removes segments that follow a cut. */
  #dropFrom(dropped: readonly LogSegment[]): void {
    const { logger, folder, recoveryRules } = this.options;
    for (const segment of dropped.toReversed()) {
      recoveryRules?.beforeCut(this.#end, segment.path('log'));
      this.#truncatedBytes += segment.size;
      logger.warn('segment removed after a cut', { folder, baseOffset: segment.baseOffset, bytes: segment.size });
      this.#remove(segment);
    }
  }

  #createFirst(at: Offset): void {
    const { disk, folder, clock } = this.options;
    this.#segments.push(new LogSegment(disk, folder, at, clock.wallMs()));
    this.#end = at;
  }

  #finish(snapshots: ProducerSnapshots): LoadedLog {
    const { logStartOffset = ZERO_OFFSET, recoveryPoint, cleanShutdown } = this.options;
    const lostDurableData = this.#truncatedBytes > 0 && this.#end < recoveryPoint;
    const start = maxOffset(logStartOffset, this.#segments.first.baseOffset);
    if (start > this.#end) {
      // Everything that is left was deleted by retention or DeleteRecords before the stop.
      for (const segment of this.#segments.takeAll()) this.#remove(segment);
      this.#createFirst(start);
    }
    const rebuilt = this.#scanned.filter((segment) => this.#segments.isClosed(segment));
    for (const segment of rebuilt) segment.deactivate();
    this.#segments.active.activate(this.options.config);
    this.#epochs.truncateFromEnd(this.#end);
    this.#epochs.truncateFromStart(start);
    const producers = new ProducerState();
    snapshots.removeWhere((at) => at > this.#end);
    rebuildProducers({ producers, snapshots, segments: this.#segments, logStartOffset: start });
    return {
      segments: this.#segments,
      epochs: this.#epochs,
      producers,
      snapshots,
      rebuilt,
      logStartOffset: start,
      logEndOffset: this.#end,
      recoveryPoint: cleanShutdown && this.#truncatedBytes === 0 ? this.#end : minOffset(recoveryPoint, this.#end),
      recovery: { scannedSegments: this.#scanned.length, truncatedBytes: this.#truncatedBytes, lostDurableData },
    };
  }

  #remove(segment: LogSegment): void {
    const { logger, folder } = this.options;
    segment.putAway();
    segment.remove().catch((error: unknown) => logger.error('segment not removed', { folder, error }));
  }
}

/** Opens the segments of a folder and brings indexes, epochs and producers in line with the batches in them. */
export function loadLog(options: PartitionLogOptions): LoadedLog {
  return new LogLoader(options).load();
}
