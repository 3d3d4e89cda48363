import { ByteReader, MalformedInput } from '@milena/bytes';
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

/**
 * Reads the header of the version 2 batch that begins at `position`. Only the 61 header bytes need to be in `buffer`,
 * so a scan may read headers alone; whether `sizeInBytes` fits the buffer is the caller's check (`batchesOf` makes it).
 * Throws MalformedInput on another magic, on a length below the header's, on negative counts or offsets, and on 64-bit
 * values that are not safe integers. The CRC is not verified here.
 */
export function readBatchHeader(buffer: Buffer, position = 0): BatchHeader {
  const reader = new ByteReader(buffer, position, Math.min(buffer.length, position + BATCH_HEADER_BYTES));
  const base = reader.int64();
  const sizeInBytes = reader.int32() + LOG_OVERHEAD_BYTES;
  const partitionLeaderEpoch = reader.int32();
  const magic = reader.int8();
  if (magic !== CURRENT_MAGIC) throw new MalformedInput(`batch magic ${magic} at position ${position}`);
  const crc = reader.uint32();
  const attributes = reader.int16();
  const lastOffsetDelta = reader.int32();
  const baseTimestamp = reader.int64() as TimestampMs;
  const maxTimestamp = reader.int64() as TimestampMs;
  const producerId = reader.int64() as ProducerId;
  const producerEpoch = reader.int16();
  const baseSequence = reader.int32();
  const recordCount = reader.int32();
  const compression = compressionOf(attributes);
  if (sizeInBytes < BATCH_HEADER_BYTES || base < 0 || lastOffsetDelta < 0 || recordCount < 0 || !compression) {
    throw new MalformedInput(`impossible batch header at position ${position}`);
  }
  if (!Number.isSafeInteger(base + lastOffsetDelta + 1)) throw new MalformedInput('batch offsets out of range');
  return {
    baseOffset: offset(base),
    sizeInBytes,
    partitionLeaderEpoch,
    magic,
    crc,
    attributes,
    compression,
    timestampType: (attributes & BATCH_ATTRIBUTE.logAppendTime) === 0 ? 'CreateTime' : 'LogAppendTime',
    isTransactional: (attributes & BATCH_ATTRIBUTE.transactional) !== 0,
    isControl: (attributes & BATCH_ATTRIBUTE.control) !== 0,
    lastOffsetDelta,
    lastOffset: offset(base + lastOffsetDelta),
    nextOffset: offset(base + lastOffsetDelta + 1),
    baseTimestamp,
    maxTimestamp,
    producerId,
    producerEpoch,
    baseSequence,
    recordCount,
  };
}
