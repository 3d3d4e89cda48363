import type { Offset, Result, TimestampMs, TopicPartition, Uuid } from '@milena/model';
import type { Clock, Disk, DiskError, Logger, SyncOptions } from '@milena/platform';
import type { ProducerEntry } from '@milena/replication';
import type { LogConfig } from './log-config';
import type { RecoveryRules } from './recovery-rules';

/** What `openPartitionLog` needs. */
export interface PartitionLogOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Folder of this partition; created when missing. */
  readonly folder: string;
  readonly topicPartition: TopicPartition;
  /** Written to partition.metadata when the folder has none. */
  readonly topicId?: Uuid;
  readonly config: LogConfig;
  /** Everything below is known to be on stable storage (from recovery-point-offset-checkpoint); 0 when unknown. */
  readonly recoveryPoint: Offset;
  /** From log-start-offset-checkpoint; the log starts at this or its first segment, whichever is later. */
  readonly logStartOffset?: Offset;
  /** False scans the segments from the recovery point for torn or damaged batches. */
  readonly cleanShutdown: boolean;
  /** What the owner knows beyond what batches say of themselves; asked while segments are checked. */
  readonly recoveryRules?: RecoveryRules;
  /** Called when truncation moves the recovery point back, so that the checkpoint on disk can follow soon. */
  readonly onRecoveryPointLowered?: () => void;
  /** Called once, at the moment the log has failed for good: in the background too, where no caller is told. */
  readonly onFailed?: (error: DiskError) => void;
}

/** What opening a log found and did. */
export interface LogRecovery {
  /** Segments whose batches were checked one by one. */
  readonly scannedSegments: number;
  /** Bytes cut off at the first batch that was not valid, in whole later segments included. */
  readonly truncatedBytes: number;
  /**
   * True when what was cut off reached below the recovery point: not a torn tail but damage to data that had been synced,
   * and perhaps acknowledged. The owner must decide whether this replica may go on.
   */
  readonly lostDurableData: boolean;
}

/** Outcome of an append. For a duplicate of an idempotent producer these are the offsets of the original. */
export interface LogAppend {
  readonly firstOffset: Offset;
  readonly lastOffset: Offset;
  /** Time the leader stamped into the batches; -1 with CreateTime. */
  readonly appendTimestamp: TimestampMs;
  readonly logStartOffset: Offset;
  /** True when nothing was written because the producer's batch is in the log already. */
  readonly isDuplicate: boolean;
}

/** What to read. */
export interface LogRead {
  /** The batch that holds this offset, or the next one after it, comes first. */
  readonly from: Offset;
  /** Exclusive: no batch that reaches this offset is returned (high watermark for consumers, log end for followers). */
  readonly upTo: Offset;
  readonly maxBytes: number;
  /** Returns the first batch even when it alone is larger than `maxBytes`. */
  readonly minOneBatch: boolean;
  /**
   * Where to get the buffer for the answer, e.g. a pool. It must have at least `bytes` bytes; the answer is a view of its
   * front. Default: a fresh buffer.
   */
  readonly allocate?: (bytes: number) => Buffer;
}

/**
 * Whole batches, possibly none. The buffer belongs to the caller: the log never touches it again, so it may be in flight
 * as long as needed. The first batch may begin below the offset asked for.
 */
export interface LogReadResult {
  readonly records: Buffer;
  /** Offset to read from next; the one asked for when `records` is empty. */
  readonly nextOffset: Offset;
}

/** Answer to OffsetForLeaderEpoch: the largest known epoch at or below the one asked, and where it ends; (-1, -1) unknown. */
export interface EpochEnd {
  readonly epoch: number;
  /** An offset, or -1. */
  readonly endOffset: number;
}

/** A record found by time. `leaderEpoch` is -1 when unknown. */
export interface TimestampedOffset {
  readonly offset: Offset;
  readonly timestamp: TimestampMs;
  readonly leaderEpoch: number;
}

/**
 * One partition's log on disk, in Kafka's files, for data partitions and for the metadata log alike. A single owner drives
 * it; every call without a promise is complete on the page cache when it returns, and durable once a later `flush` says so.
 *
 * I/O errors are thrown as DiskError. A failed append leaves the log as it was. A failed sync, or an append that could not
 * be undone, marks the log failed for good: `failure` is set, calls that return a Result answer KAFKA_STORAGE_ERROR and the
 * others throw `failure`.
 */
export interface PartitionLog {
  readonly topicPartition: TopicPartition;
  readonly folder: string;
  readonly topicId: Uuid | undefined;
  readonly config: LogConfig;
  readonly logStartOffset: Offset;
  readonly logEndOffset: Offset;
  /** Epoch of the newest entry of the leader epoch cache; -1 when there is none. */
  readonly latestEpoch: number;
  /** Everything below is on stable storage. After an unclean start it is what the caller gave: flush before relying on more. */
  readonly recoveryPoint: Offset;
  readonly sizeInBytes: number;
  readonly segmentCount: number;
  readonly failure: DiskError | undefined;
  readonly recovery: LogRecovery;

  /** Idempotent producers the log knows (DescribeProducers), least recently active first. */
  producers(): Iterable<ProducerEntry>;

  /** Writes partition.metadata for a log that had none; INCONSISTENT_TOPIC_ID when it holds another id. */
  assignTopicId(topicId: Uuid): Result<void>;
  /** Replaces the configuration; the next append obeys it. */
  reconfigure(config: LogConfig): void;
  /** Notes that `epoch` begins at `startOffset` (a new leader does so before its first append). */
  assignEpochStartOffset(epoch: number, startOffset: Offset): void;

  /**
   * Appends one or more whole, validated batches. Offsets and epoch (and LogAppendTime) are patched into `batches` in
   * place; records are not looked at. Failures: OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH,
   * RECORD_LIST_TOO_LARGE, CORRUPT_MESSAGE, KAFKA_STORAGE_ERROR; nothing is written then.
   */
  appendAsLeader(batches: Buffer, leaderEpoch: number): Result<LogAppend>;
  /**
   * Appends batches as another replica (or the raft leader) made them; the bytes stay as they are. CRCs are verified and
   * offsets must rise from the log end. Failures: CORRUPT_MESSAGE, OFFSET_OUT_OF_RANGE, RECORD_LIST_TOO_LARGE,
   * KAFKA_STORAGE_ERROR.
   */
  appendAsFollower(batches: Buffer): Result<LogAppend>;

  /** Reads whole batches of one segment. Failures: OFFSET_OUT_OF_RANGE outside [log start, log end], KAFKA_STORAGE_ERROR. */
  read(read: LogRead): Result<LogReadResult>;
  /** Where `epoch` ends in this log (KIP-101, KIP-279); see EpochEnd. */
  endOffsetForEpoch(epoch: number): EpochEnd;
  /** Epoch of the batch at `at` by the leader epoch cache; -1 when unknown. */
  epochAt(at: Offset): number;
  /**
   * The first record at or above log start whose timestamp is at least `timestamp`; success(undefined) when there is none.
   * In a compressed batch, whose records stay opaque, the batch's first offset stands for the record.
   */
  offsetForTimestamp(timestamp: TimestampMs): Result<TimestampedOffset | undefined>;
  /** The record with the largest timestamp (ListOffsets -3); for a compressed batch its last offset. */
  offsetOfMaxTimestamp(): Result<TimestampedOffset | undefined>;

  /** Removes everything from `to` on, whole batches; the epoch cache and producer state follow. True when data was removed. */
  truncateTo(to: Offset): boolean;
  /** Removes all data and starts an empty log at `startOffset` (or with `logStartOffset` below it). */
  truncateFullyAndStartAt(startOffset: Offset, logStartOffset?: Offset): void;
  /** Moves the log start offset forward to `before` and deletes segments that lie wholly below; OFFSET_OUT_OF_RANGE above log end. */
  deleteRecordsBefore(before: Offset): Result<Offset>;
  /** Deletes closed segments by retention time and size, never at or above `highWatermark`; the number deleted. */
  deleteOldSegments(now: TimestampMs, highWatermark: Offset): number;
  /** Forgets idempotent producers that have been silent for `producerIdExpirationMs`. */
  expireProducers(now: TimestampMs): void;
  /** Closes the active segment and starts a new one at the log end, e.g. before a snapshot's cut. */
  roll(): void;

  /**
   * Makes everything appended before this call durable (batches, then epochs, names); resolves to the recovery point reached.
   * Concurrent calls share syncs; `options` count when none is under way. Rejects with DiskError and fails the log when a
   * sync fails.
   */
  flush(options?: SyncOptions): Promise<Offset>;
  /** Flushes, writes a producer snapshot, trims the indexes and closes all files. A failed log only closes its files. */
  close(): Promise<void>;
  /** Closes the files without writing anything more; for a partition that is being deleted. */
  abandon(): Promise<void>;
}
