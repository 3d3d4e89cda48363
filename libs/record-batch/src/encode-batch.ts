import { ByteWriter } from '@milena/bytes';
import { invariant, NO_PRODUCER_ID, type Offset, type ProducerId, type TimestampMs } from '@milena/model';
import { computeBatchCrc } from './batch-crc';
import { BATCH_ATTRIBUTE, BATCH_FIELD, BATCH_HEADER_BYTES, CURRENT_MAGIC, LOG_OVERHEAD_BYTES } from './batch-header';

/** A record header: a UTF-8 key and bytes, null where the producer sent none. */
export interface RecordHeader {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** A record to be encoded. Key, headers and timestamp are optional; the timestamp defaults to the batch's. */
export interface NewRecord {
  readonly key?: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: readonly RecordHeader[];
  readonly timestamp?: TimestampMs;
}

/** What `encodeBatch` needs: one or more records and the header values that are not derived from them. */
export interface NewBatch {
  readonly baseOffset: Offset;
  readonly partitionLeaderEpoch: number;
  readonly records: readonly NewRecord[];
  readonly timestamp: TimestampMs;
  readonly isControl?: boolean;
  readonly isTransactional?: boolean;
  readonly producerId?: ProducerId;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
}

/** Bytes of a 64-bit value as zig-zag varint. */
function varintSize(value: number): number {
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  let size = 1;
  for (; rest >= 0x80; rest /= 0x80) size += 1;
  return size;
}

function blobSize(blob: Uint8Array | null): number {
  return blob === null ? 1 : varintSize(blob.length) + blob.length;
}

function writeBlob(writer: ByteWriter, blob: Uint8Array | null): void {
  writer.varint(blob === null ? -1 : blob.length);
  if (blob !== null) writer.bytes(blob);
}

function headerSize({ key, value }: RecordHeader): number {
  const keyBytes = Buffer.byteLength(key, 'utf8');
  return varintSize(keyBytes) + keyBytes + blobSize(value);
}

function writeRecord(writer: ByteWriter, record: NewRecord, timestampDelta: number, offsetDelta: number): void {
  const { key = null, value, headers = [] } = record;
  const size =
    1 +
    varintSize(timestampDelta) +
    varintSize(offsetDelta) +
    blobSize(key) +
    blobSize(value) +
    varintSize(headers.length) +
    headers.reduce((sum, header) => sum + headerSize(header), 0);
  writer.varint(size);
  writer.int8(0);
  writer.varlong(timestampDelta);
  writer.varint(offsetDelta);
  writeBlob(writer, key);
  writeBlob(writer, value);
  writer.varint(headers.length);
  for (const header of headers) {
    writer.varint(Buffer.byteLength(header.key, 'utf8'));
    writer.utf8(header.key);
    writeBlob(writer, header.value);
  }
}

/**
 * Encodes one uncompressed version 2 batch with consecutive offsets and a valid CRC (KIP-98). The result is a fresh
 * buffer of exactly the batch.
 */
export function encodeBatch(batch: NewBatch): Buffer {
  const { records, timestamp } = batch;
  invariant(records.length > 0, 'a new batch holds at least one record');
  const baseTimestamp = records[0]?.timestamp ?? timestamp;
  let maxTimestamp = baseTimestamp;
  for (const record of records) maxTimestamp = Math.max(maxTimestamp, record.timestamp ?? timestamp) as TimestampMs;

  const writer = new ByteWriter(512);
  writer.int64(batch.baseOffset);
  writer.int32(0);
  writer.int32(batch.partitionLeaderEpoch);
  writer.int8(CURRENT_MAGIC);
  writer.uint32(0);
  writer.int16(
    (batch.isTransactional === true ? BATCH_ATTRIBUTE.transactional : 0) |
      (batch.isControl === true ? BATCH_ATTRIBUTE.control : 0),
  );
  writer.int32(records.length - 1);
  writer.int64(baseTimestamp);
  writer.int64(maxTimestamp);
  writer.int64(batch.producerId ?? NO_PRODUCER_ID);
  writer.int16(batch.producerEpoch ?? -1);
  writer.int32(batch.baseSequence ?? -1);
  writer.int32(records.length);
  invariant(writer.length === BATCH_HEADER_BYTES, 'batch header has 61 bytes', { length: writer.length });
  records.forEach((record, index) =>
    writeRecord(writer, record, (record.timestamp ?? timestamp) - baseTimestamp, index),
  );

  writer.patchInt32(BATCH_FIELD.batchLength, writer.length - LOG_OVERHEAD_BYTES);
  const bytes = writer.finish();
  bytes.writeUInt32BE(computeBatchCrc(bytes), BATCH_FIELD.crc);
  return bytes;
}
