import { MalformedInput } from '@milena/bytes';
import {
  METADATA_PARTITION,
  offset,
  topicPartitionName,
  type Offset,
  type OffsetAndEpoch,
  type TimestampMs,
} from '@milena/model';
import type { Disk } from '@milena/platform';
import {
  BATCH_HEADER_BYTES,
  decodeControlRecord,
  decodeRecords,
  readBatchHeader,
  verifyCrc,
  type BatchHeader,
  type ControlRecord,
  type UnknownControlRecord,
} from '@milena/record-batch';
import { traceOf } from './trace-header';

/** No batch of a metadata log is larger. */
const BATCH_BYTES_MAX = 64 * 1024 * 1024;
const SEGMENT = /^(\d{20})\.log$/;
const SNAPSHOT = /^(\d{20})-(\d{10})\.checkpoint$/;

/** A metadata log on disk that cannot be read: it is not there, or a batch of it is damaged. */
export class UnreadableMetadataLog extends Error {
  override readonly name = 'UnreadableMetadataLog';

  constructor(
    readonly reason: 'missing' | 'damaged',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** One record of a metadata log on disk, and where it stands. */
export interface StoredRecord {
  /** Inside a snapshot it counts from the start of the file. */
  readonly offset: Offset;
  /** First offset of its batch: the records of one batch were written together. */
  readonly batchOffset: Offset;
  readonly epoch: number;
  readonly timestamp: TimestampMs;
  /** A record of the quorum itself, or the value of a metadata record. */
  readonly content: ControlRecord | UnknownControlRecord | Buffer;
  /** The span that caused the record's batch. */
  readonly traceparent?: string;
  /** The snapshot that holds the record; absent for a record of the log. */
  readonly snapshot?: OffsetAndEpoch;
}

/** A file of a metadata log: a segment, or a snapshot when it has an id. */
export interface StoredFile {
  readonly path: string;
  /** First offset of a segment, end offset of a snapshot. */
  readonly offset: number;
  readonly snapshot?: OffsetAndEpoch;
}

/**
 * The files that tell the history of a metadata log, in their order: its segments, and before them the oldest snapshot that
 * they continue when the log was cleaned. `path` is a log folder, its `__cluster_metadata-0`, or one file of that.
 */
export function storedFiles(disk: Disk, path: string): readonly StoredFile[] {
  const single = storedFile(path);
  if (single !== undefined && disk.exists(path)) return [single];
  const name = topicPartitionName(METADATA_PARTITION);
  const folder = path.replace(/\/+$/, '').endsWith(name) ? path.replace(/\/+$/, '') : `${path}/${name}`;
  const files = disk.list(folder).flatMap((each) => storedFile(`${folder}/${each}`) ?? []);
  const segments = files.filter(({ snapshot }) => snapshot === undefined);
  const [first] = segments;
  if (first === undefined) throw new UnreadableMetadataLog('missing', `${folder}: no metadata log there`);
  if (first.offset === 0) return segments;
  const base = files.find(({ snapshot, offset: end }) => snapshot !== undefined && end >= first.offset);
  return base === undefined ? segments : [base, ...segments];
}

function storedFile(path: string): StoredFile | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const segment = SEGMENT.exec(name);
  if (segment !== null) return { path, offset: Number(segment[1]) };
  const snapshot = SNAPSHOT.exec(name);
  if (snapshot === null) return undefined;
  const end = Number(snapshot[1]);
  return { path, offset: end, snapshot: { offset: offset(end), epoch: Number(snapshot[2]) } };
}

/**
 * Every record of a metadata log from offset `from` on, read without touching it, one batch in memory at a time. What the
 * snapshot before a cleaned log holds comes first; what the log still says of the time before that is passed over. Ends
 * before a batch that is being written. Throws UnreadableMetadataLog.
 */
export function* storedRecords(disk: Disk, path: string, from = 0): Generator<StoredRecord> {
  let start = from;
  for (const file of storedFiles(disk, path)) {
    const isBase = file.snapshot !== undefined;
    for (const { records } of storedBatches(disk, file, isBase ? 0 : start)) {
      yield* isBase ? records : records.filter((record) => record.offset >= start);
    }
    if (isBase) start = Math.max(start, file.offset);
  }
}

/** A batch of one file, and the position behind it. */
export interface StoredBatch {
  readonly records: readonly StoredRecord[];
  readonly position: number;
}

/**
 * The batches of one file that hold offsets from `from` on, beginning at a position where a batch begins. Ends before a
 * batch that is cut off, as the last one of a live log may be. Throws UnreadableMetadataLog.
 */
export function* storedBatches(disk: Disk, file: StoredFile, from = 0, start = 0): Generator<StoredBatch> {
  const opened = disk.open(file.path, { readOnly: true });
  try {
    const size = opened.size();
    const head = Buffer.alloc(BATCH_HEADER_BYTES);
    for (let position = start; position + BATCH_HEADER_BYTES <= size;) {
      if (opened.pread(head, position) < BATCH_HEADER_BYTES) return;
      const header = readBatchHeader(head, 0);
      if (header.sizeInBytes > BATCH_BYTES_MAX) throw new MalformedInput(`a batch of ${header.sizeInBytes} bytes`);
      if (position + header.sizeInBytes > size) return;
      position += header.sizeInBytes;
      if (header.lastOffset < from) continue;
      const bytes = Buffer.alloc(header.sizeInBytes);
      opened.pread(bytes, position - header.sizeInBytes);
      if (!verifyCrc(bytes)) throw new MalformedInput(`the batch at offset ${header.baseOffset} fails its CRC`);
      yield { records: recordsOf(header, bytes, file), position };
    }
  } catch (cause) {
    if (!(cause instanceof MalformedInput)) throw cause;
    throw new UnreadableMetadataLog('damaged', `${file.path}: ${cause.message}`, { cause });
  } finally {
    opened.close();
  }
}

function recordsOf(header: BatchHeader, bytes: Buffer, { snapshot }: StoredFile): readonly StoredRecord[] {
  return decodeRecords(bytes).map((record) => {
    return {
      offset: record.offset,
      batchOffset: header.baseOffset,
      epoch: header.partitionLeaderEpoch,
      timestamp: record.timestamp,
      content: header.isControl ? decodeControlRecord(record) : (record.value ?? Buffer.alloc(0)),
      ...traceOf(record.headers),
      ...(snapshot === undefined ? {} : { snapshot }),
    };
  });
}
