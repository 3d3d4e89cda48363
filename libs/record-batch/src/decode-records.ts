import { ByteReader, MalformedInput } from '@milena/bytes';
import { addOffset, type Offset, type TimestampMs } from '@milena/model';
import { BATCH_HEADER_BYTES, readBatchHeader, type BatchHeader, type Compression } from './batch-header';

/** Records were asked for from a compressed batch; whoever wants them must decompress, within bounds, first. */
export class CompressedBatch extends Error {
  override readonly name = 'CompressedBatch';

  constructor(readonly compression: Exclude<Compression, 'none'>) {
    super(`records are compressed with ${compression}`);
  }
}

/** A record header as read; the value is a view into the batch. */
export interface LogRecordHeader {
  readonly key: string;
  readonly value: Buffer | null;
}

/** A record as read from a batch. Key, value and header values are views into the batch, not copies. */
export interface LogRecord {
  readonly offset: Offset;
  readonly timestamp: TimestampMs;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly LogRecordHeader[];
}

/** Shortest record: length, attributes, two deltas, null key, null value, no headers. */
const RECORD_BYTES_MIN = 7;
const RECORD_HEADER_BYTES_MIN = 2;

function readBlob(reader: ByteReader): Buffer | null {
  const length = reader.varint();
  if (length < -1) throw new MalformedInput(`record field of length ${length}`);
  return length === -1 ? null : reader.bytes(length);
}

function readHeaders(reader: ByteReader): LogRecordHeader[] {
  const count = reader.varint();
  if (count < 0 || count > reader.remaining / RECORD_HEADER_BYTES_MIN) {
    throw new MalformedInput(`${count} record headers in ${reader.remaining} bytes`);
  }
  const headers: LogRecordHeader[] = [];
  for (let index = 0; index < count; index += 1) {
    const keyBytes = reader.varint();
    headers.push({ key: reader.utf8(keyBytes), value: readBlob(reader) });
  }
  return headers;
}

function readRecord(reader: ByteReader, header: BatchHeader): LogRecord {
  const size = reader.varint();
  const end = reader.position + size;
  if (size < RECORD_BYTES_MIN - 1 || size > reader.remaining) throw new MalformedInput(`record of ${size} bytes`);
  reader.skip(1);
  const timestampDelta = reader.varlong();
  const offsetDelta = reader.varint();
  if (offsetDelta < 0 || offsetDelta > header.lastOffsetDelta) {
    throw new MalformedInput(`offset delta ${offsetDelta} outside the batch`);
  }
  const timestamp =
    header.timestampType === 'LogAppendTime' ? header.maxTimestamp : header.baseTimestamp + timestampDelta;
  const record: LogRecord = {
    offset: addOffset(header.baseOffset, offsetDelta),
    timestamp: timestamp as TimestampMs,
    key: readBlob(reader),
    value: readBlob(reader),
    headers: readHeaders(reader),
  };
  if (reader.position !== end) throw new MalformedInput('record length differs from its fields');
  return record;
}

/**
 * Decodes the records of one whole uncompressed batch. Throws CompressedBatch when they are compressed and
 * MalformedInput when they are not what the header says: another count, a length that lies, bytes left over.
 */
export function decodeRecords(batch: Buffer): readonly LogRecord[] {
  const header = readBatchHeader(batch);
  if (header.compression !== 'none') throw new CompressedBatch(header.compression);
  if (header.sizeInBytes > batch.length) throw new MalformedInput('batch is cut off');
  const reader = new ByteReader(batch, BATCH_HEADER_BYTES, header.sizeInBytes);
  if (header.recordCount > reader.remaining / RECORD_BYTES_MIN) {
    throw new MalformedInput(`${header.recordCount} records in ${reader.remaining} bytes`);
  }
  const records: LogRecord[] = [];
  for (let index = 0; index < header.recordCount; index += 1) records.push(readRecord(reader, header));
  if (reader.remaining > 0) throw new MalformedInput(`${reader.remaining} bytes after the last record`);
  return records;
}
