import { failure, type Offset, type Result, type TimestampMs, type TopicPartition, type Uuid } from '@milena/model';
import type { DiskError, SyncOptions } from '@milena/platform';
import type { ProducerEntry } from '@milena/replication';
import { appendAsFollower, appendAsLeader } from './append-batches';
import { deleteOldSegments, deleteRecordsBefore } from './delete-segments';
import type { LogConfig } from './log-config';
import type { LogState } from './log-state';
import type {
  EpochEnd,
  LogAppend,
  LogRead,
  LogReadResult,
  LogRecovery,
  PartitionLog,
  TimestampedOffset,
} from './partition-log';
import { offsetForTimestamp, offsetOfMaxTimestamp, readLog } from './query-log';
import { rollLog } from './roll-log';
import { truncateFullyAndStartAt, truncateTo } from './truncate-log';

/** The one PartitionLog there is: Kafka's segmented log on the disk port. Guards every operation against a failed log. */
export class SegmentedLog implements PartitionLog {
  #isClosed = false;

  constructor(private readonly log: LogState) {}

  get topicPartition(): TopicPartition {
    return this.log.options.topicPartition;
  }

  get folder(): string {
    return this.log.options.folder;
  }

  get topicId(): Uuid | undefined {
    return this.log.metadata.topicId;
  }

  get config(): LogConfig {
    return this.log.config;
  }

  get logStartOffset(): Offset {
    return this.log.logStartOffset;
  }

  get logEndOffset(): Offset {
    return this.log.logEndOffset;
  }

  get latestEpoch(): number {
    return this.log.epochs.latestEpoch;
  }

  get recoveryPoint(): Offset {
    return this.log.flusher.recoveryPoint;
  }

  get sizeInBytes(): number {
    return this.log.segments.sizeInBytes;
  }

  get segmentCount(): number {
    return this.log.segments.all.length;
  }

  get failure(): DiskError | undefined {
    return this.log.flusher.failure;
  }

  get recovery(): LogRecovery {
    return this.log.recovery;
  }

  producers(): Iterable<ProducerEntry> {
    return this.log.producers.entries();
  }

  #guarded<T>(run: () => Result<T>): Result<T> {
    if (this.failure !== undefined) return failure('KAFKA_STORAGE_ERROR', this.failure.message);
    if (this.#isClosed) return failure('KAFKA_STORAGE_ERROR', `${this.folder} is closed`);
    return run();
  }

  #working(): LogState {
    if (this.failure !== undefined) throw this.failure;
    return this.log;
  }

  assignTopicId(topicId: Uuid): Result<void> {
    return this.#guarded(() => this.log.metadata.assign(topicId));
  }

  reconfigure(config: LogConfig): void {
    this.log.config = config;
  }

  assignEpochStartOffset(epoch: number, startOffset: Offset): void {
    const log = this.#working();
    if (log.epochs.assign(epoch, startOffset)) log.flusher.epochsChanged();
  }

  appendAsLeader(batches: Buffer, leaderEpoch: number): Result<LogAppend> {
    return this.#guarded(() => appendAsLeader(this.log, batches, leaderEpoch));
  }

  appendAsFollower(batches: Buffer): Result<LogAppend> {
    return this.#guarded(() => appendAsFollower(this.log, batches));
  }

  read(read: LogRead): Result<LogReadResult> {
    return this.#guarded(() => readLog(this.log, read));
  }

  endOffsetForEpoch(epoch: number): EpochEnd {
    return this.log.epochs.endOffsetFor(epoch, this.log.logEndOffset);
  }

  epochAt(at: Offset): number {
    return this.log.epochs.epochAt(at);
  }

  offsetForTimestamp(timestamp: TimestampMs): Result<TimestampedOffset | undefined> {
    return this.#guarded(() => offsetForTimestamp(this.log, timestamp));
  }

  offsetOfMaxTimestamp(): Result<TimestampedOffset | undefined> {
    return this.#guarded(() => offsetOfMaxTimestamp(this.log));
  }

  truncateTo(to: Offset): boolean {
    return truncateTo(this.#working(), to);
  }

  truncateFullyAndStartAt(startOffset: Offset, logStartOffset?: Offset): void {
    truncateFullyAndStartAt(this.#working(), startOffset, logStartOffset);
  }

  deleteRecordsBefore(before: Offset): Result<Offset> {
    return this.#guarded(() => deleteRecordsBefore(this.log, before));
  }

  deleteOldSegments(now: TimestampMs, highWatermark: Offset): number {
    return deleteOldSegments(this.#working(), now, highWatermark);
  }

  expireProducers(now: TimestampMs): void {
    this.log.producers.expire(now, this.log.config.producerIdExpirationMs);
  }

  roll(): void {
    rollLog(this.#working());
  }

  flush(options?: SyncOptions): Promise<Offset> {
    return this.log.flusher.flush(options);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { segments, flusher, snapshots, producers, options } = this.log;
    try {
      if (this.failure !== undefined) return;
      await flusher.flush();
      snapshots.write(this.logEndOffset, producers);
      segments.active.deactivate();
      await segments.active.sync(true);
      await options.disk.fsyncDirectory(this.folder);
    } finally {
      await this.#closeFiles();
    }
  }

  async abandon(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.log.flusher.stop();
    await this.#closeFiles();
  }

  async #closeFiles(): Promise<void> {
    for (const segment of this.log.segments.all) await segment.close();
  }
}
