import { MalformedInput } from '@milena/bytes';
import { offset, type Offset, type ProducerId, type TimestampMs } from '@milena/model';

/** Bytes of a version 2 batch before its records section. */
export const BATCH_HEADER_BYTES = 61;
/** Bytes before the part that `batchLength` counts: base offset and the length itself. */
export const LOG_OVERHEAD_BYTES = 12;
/** The only batch format that is written or accepted (KIP-98). */
export const CURRENT_MAGIC = 2;

/** Byte positions of the header fields inside a batch. */
export const BATCH_FIELD = {
  baseOffset: 0,
  batchLength: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
} as const;

/** Bits of the attributes field above the three that name the compression. */
export const BATCH_ATTRIBUTE = {
  compressionMask: 0x07,
  logAppendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
  deleteHorizon: 0x40,
} as const;

/** How the records section of a batch is compressed; ids 0 to 4 in this order. */
export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
/** Who set the timestamps of a batch. */
export type TimestampType = 'CreateTime' | 'LogAppendTime';

const COMPRESSIONS: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

/**
 * Everything a batch says about itself outside its records. `sizeInBytes` is the whole batch including base offset and
 * length; `lastOffset` and `nextOffset` are derived. `producerId`, `producerEpoch` and `baseSequence` are -1 when the
 * batch is not idempotent.
 */
export interface BatchHeader {
  readonly baseOffset: Offset;
  readonly sizeInBytes: number;
  readonly partitionLeaderEpoch: number;
  readonly magic: number;
  readonly crc: number;
  readonly attributes: number;
  readonly compression: Compression;
  readonly timestampType: TimestampType;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly lastOffsetDelta: number;
  readonly lastOffset: Offset;
  readonly nextOffset: Offset;
  readonly baseTimestamp: TimestampMs;
  readonly maxTimestamp: TimestampMs;
  readonly producerId: ProducerId;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
}

/** The compression that the low bits of `attributes` name; undefined for ids 5 to 7, which no version defines. */
export function compressionOf(attributes: number): Compression | undefined {
  return COMPRESSIONS[attributes & BATCH_ATTRIBUTE.compressionMask];
}

/** Buffer's own readers check every position again. */
function int16At(buffer: Buffer, at: number): number {
  return (((buffer[at] ?? 0) << 24) >> 16) | (buffer[at + 1] ?? 0);
}

function int32At(buffer: Buffer, at: number): number {
  return (
    ((buffer[at] ?? 0) << 24) | ((buffer[at + 1] ?? 0) << 16) | ((buffer[at + 2] ?? 0) << 8) | (buffer[at + 3] ?? 0)
  );
}

function int64At(buffer: Buffer, at: number): number {
  const value = int32At(buffer, at) * 2 ** 32 + (int32At(buffer, at + 4) >>> 0);
  if (!Number.isSafeInteger(value)) throw new MalformedInput(`64-bit value at position ${at} is out of range`);
  return value;
}

/**
 * Reads the header of the version 2 batch that begins at `position`. Only the 61 header bytes need to be in `buffer`,
 * so a scan may read headers alone; whether `sizeInBytes` fits the buffer is the caller's check (`batchesOf` makes it).
 * Throws MalformedInput on another magic, on a length below the header's, on negative counts or offsets, and on 64-bit
 * values that are not safe integers. The CRC is not verified here.
 */
export function readBatchHeader(buffer: Buffer, position = 0): BatchHeader {
  // Runs for every batch written or read: one bounds check for all fields, then plain reads.
  if (buffer.length - position < BATCH_HEADER_BYTES) throw new MalformedInput(`no batch header at ${position}`);
  const magic = buffer[position + BATCH_FIELD.magic];
  if (magic !== CURRENT_MAGIC) throw new MalformedInput(`batch magic ${magic} at position ${position}`);
  const base = int64At(buffer, position + BATCH_FIELD.baseOffset);
  const sizeInBytes = int32At(buffer, position + BATCH_FIELD.batchLength) + LOG_OVERHEAD_BYTES;
  const attributes = int16At(buffer, position + BATCH_FIELD.attributes);
  const lastOffsetDelta = int32At(buffer, position + BATCH_FIELD.lastOffsetDelta);
  const recordCount = int32At(buffer, position + BATCH_FIELD.recordCount);
  const compression = compressionOf(attributes);
  if (sizeInBytes < BATCH_HEADER_BYTES || base < 0 || lastOffsetDelta < 0 || recordCount < 0 || !compression) {
    throw new MalformedInput(`impossible batch header at position ${position}`);
  }
  return {
    baseOffset: offset(base),
    sizeInBytes,
    partitionLeaderEpoch: int32At(buffer, position + BATCH_FIELD.partitionLeaderEpoch),
    magic,
    crc: int32At(buffer, position + BATCH_FIELD.crc) >>> 0,
    attributes,
    compression,
    timestampType: (attributes & BATCH_ATTRIBUTE.logAppendTime) === 0 ? 'CreateTime' : 'LogAppendTime',
    isTransactional: (attributes & BATCH_ATTRIBUTE.transactional) !== 0,
    isControl: (attributes & BATCH_ATTRIBUTE.control) !== 0,
    lastOffsetDelta,
    lastOffset: endingAt(base + lastOffsetDelta, position),
    nextOffset: endingAt(base + lastOffsetDelta + 1, position),
    baseTimestamp: int64At(buffer, position + BATCH_FIELD.baseTimestamp) as TimestampMs,
    maxTimestamp: int64At(buffer, position + BATCH_FIELD.maxTimestamp) as TimestampMs,
    producerId: int64At(buffer, position + BATCH_FIELD.producerId) as ProducerId,
    producerEpoch: int16At(buffer, position + BATCH_FIELD.producerEpoch),
    baseSequence: int32At(buffer, position + BATCH_FIELD.baseSequence),
    recordCount,
  };
}

/** How far a batch reaches, in bytes and in offsets; what `readBatchHeader` says of it, without the rest. */
export interface BatchExtent {
  readonly sizeInBytes: number;
  readonly nextOffset: Offset;
}

/** Reads the extent of the batch whose whole header lies at `position`; MalformedInput as `readBatchHeader` for these fields. */
export function readBatchExtent(buffer: Buffer, position: number): BatchExtent {
  const base = int64At(buffer, position + BATCH_FIELD.baseOffset);
  const sizeInBytes = int32At(buffer, position + BATCH_FIELD.batchLength) + LOG_OVERHEAD_BYTES;
  const lastOffsetDelta = int32At(buffer, position + BATCH_FIELD.lastOffsetDelta);
  const magic = buffer[position + BATCH_FIELD.magic];
  if (sizeInBytes < BATCH_HEADER_BYTES || base < 0 || lastOffsetDelta < 0 || magic !== CURRENT_MAGIC) {
    throw new MalformedInput(`impossible batch header at position ${position}`);
  }
  return { sizeInBytes, nextOffset: endingAt(base + lastOffsetDelta + 1, position) };
}

function endingAt(value: number, position: number): Offset {
  if (!Number.isSafeInteger(value)) throw new MalformedInput(`batch offsets out of range at position ${position}`);
  return value as Offset;
}
