import { offset, producerId, timestampMs, ZERO_OFFSET, type Offset, type Result, type Uuid } from '@milena/model';
import { silentLogger, type Clock } from '@milena/platform';
import { createMemoryDisk, type MemoryDisk } from '@milena/platform/testing';
import { decodeRecords, encodeBatch, batchesOf, type NewBatch } from '@milena/record-batch';
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../log-config';
import { openPartitionLog } from '../open-partition-log';
import type { PartitionLog, PartitionLogOptions } from '../partition-log';

/** Folder of the log under test. */
export const FOLDER = '/data/orders-0';
/** Wall time of every test. */
export const NOW = timestampMs(1_767_225_600_000);
/** Topic id of the log under test. */
export const TOPIC_ID: Uuid = 'AAECAwQFBgcICQoLDA0ODw';

/** Small enough that a few batches fill a segment and every batch gets an index entry. */
export const SMALL: LogConfig = {
  ...DEFAULT_LOG_CONFIG,
  segmentBytes: 1000,
  segmentIndexBytes: 240,
  indexIntervalBytes: 100,
  retentionMs: undefined,
};

/** A clock that stands still. */
export const stillClock: Clock = { wallMs: () => NOW, monotonicMs: () => 0 };

/** A batch of one-byte records; offsets from 0 unless told. */
export function batch(records: number, overrides: Partial<NewBatch> = {}): Buffer {
  return encodeBatch({
    baseOffset: ZERO_OFFSET,
    partitionLeaderEpoch: 0,
    records: Array.from({ length: records }, (_, index) => ({ value: Buffer.from([index]) })),
    timestamp: NOW,
    ...overrides,
  });
}

/** A batch of an idempotent producer. */
export function idempotent(records: number, sequence: number, epoch = 0, id = 1): Buffer {
  return batch(records, { producerId: producerId(id), producerEpoch: epoch, baseSequence: sequence });
}

/** The value of a result that must be a success. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

/** Opens the log under test as after a crash, recovery point 0, unless told otherwise. */
export function open(
  disk: MemoryDisk = createMemoryDisk(),
  overrides: Partial<PartitionLogOptions> = {},
): PartitionLog {
  return openPartitionLog({
    disk,
    clock: stillClock,
    logger: silentLogger,
    folder: FOLDER,
    topicPartition: { topic: 'orders', partition: 0 },
    config: SMALL,
    recoveryPoint: ZERO_OFFSET,
    cleanShutdown: false,
    ...overrides,
  });
}

/** Appends `batches` batches of `records` records each in one epoch. */
export function fill(log: PartitionLog, batches: number, { records = 2, epoch = 0 } = {}): void {
  for (let index = 0; index < batches; index += 1) valueOf(log.appendAsLeader(batch(records), epoch));
}

/** `baseOffset..lastOffset@epoch` of every batch from `from` to the log end. */
export function contents(log: PartitionLog, from: Offset = log.logStartOffset): readonly string[] {
  const found: string[] = [];
  for (let next = from; next < log.logEndOffset;) {
    const read = valueOf(log.read({ from: next, upTo: log.logEndOffset, maxBytes: 1 << 20, minOneBatch: true }));
    for (const { header, bytes } of batchesOf(read.records)) {
      decodeRecords(bytes);
      found.push(`${header.baseOffset}..${header.lastOffset}@${header.partitionLeaderEpoch}`);
    }
    if (read.records.length === 0) break;
    next = read.nextOffset;
  }
  return found;
}

/** Whole content of a file. */
export function fileBytes(disk: MemoryDisk, name: string): Buffer {
  const file = disk.open(`${FOLDER}/${name}`, { readOnly: true });
  const bytes = Buffer.alloc(file.size());
  file.pread(bytes, 0);
  file.close();
  return bytes;
}

/** Overwrites bytes of a file behind the log's back. */
export function damage(disk: MemoryDisk, name: string, change: (bytes: Buffer) => Buffer): void {
  const bytes = change(fileBytes(disk, name));
  const file = disk.open(`${FOLDER}/${name}`);
  file.truncate(bytes.length);
  file.pwrite(bytes, 0);
  file.close();
}

/** Short for a branded offset. */
export const at = (value: number): Offset => offset(value);
