import { MalformedInput } from '@milena/bytes';
import { failure, NO_PRODUCER_ID, success, type ErrorName, type Result, type TimestampMs } from '@milena/model';
import { verifyCrc } from './batch-crc';
import {
  BATCH_ATTRIBUTE,
  BATCH_FIELD,
  BATCH_HEADER_BYTES,
  compressionOf,
  CURRENT_MAGIC,
  LOG_OVERHEAD_BYTES,
  readBatchHeader,
  type BatchHeader,
  type TimestampType,
} from './batch-header';

/** Limits of the topic that a produced batch must keep. */
export interface ProduceLimits {
  /** `max.message.bytes`: largest whole batch. */
  readonly messageBytesMax: number;
  /** `message.timestamp.type` of the topic. */
  readonly timestampType: TimestampType;
  /** Wall clock for the two windows below. */
  readonly now: TimestampMs;
  /** `message.timestamp.before.max.ms`: how far a timestamp may lie before now. */
  readonly timestampBeforeMaxMs: number;
  /** `message.timestamp.after.max.ms`: how far it may lie after now. */
  readonly timestampAfterMaxMs: number;
}

const KNOWN_ATTRIBUTES =
  BATCH_ATTRIBUTE.compressionMask |
  BATCH_ATTRIBUTE.logAppendTime |
  BATCH_ATTRIBUTE.transactional |
  BATCH_ATTRIBUTE.control;

function isSafeInt64At(batch: Buffer, at: number): boolean {
  return Number.isSafeInteger(batch.readInt32BE(at) * 2 ** 32 + batch.readUInt32BE(at + 4));
}

/** Checks on raw bytes that must pass before the header can be read at all. */
function frameError(batch: Buffer, limits: ProduceLimits): readonly [ErrorName, string] | undefined {
  if (batch.length < BATCH_HEADER_BYTES) {
    const empty = batch.length === 0;
    return empty ? ['INVALID_RECORD', 'no record batch'] : ['CORRUPT_MESSAGE', 'record batch is cut off'];
  }
  const magic = batch.readInt8(BATCH_FIELD.magic);
  if (magic !== CURRENT_MAGIC) return ['INVALID_RECORD', `record batch has magic ${magic}, only 2 is accepted`];
  const sizeInBytes = batch.readInt32BE(BATCH_FIELD.batchLength) + LOG_OVERHEAD_BYTES;
  if (sizeInBytes < BATCH_HEADER_BYTES || sizeInBytes > batch.length) {
    return ['CORRUPT_MESSAGE', `record batch says ${sizeInBytes} bytes, ${batch.length} were sent`];
  }
  if (sizeInBytes < batch.length) return ['INVALID_RECORD', 'more than one record batch for a partition'];
  if (sizeInBytes > limits.messageBytesMax) {
    return ['MESSAGE_TOO_LARGE', `record batch of ${sizeInBytes} bytes, the topic allows ${limits.messageBytesMax}`];
  }
  if (!verifyCrc(batch)) return ['CORRUPT_MESSAGE', 'record batch fails its CRC'];
  if (compressionOf(batch.readInt16BE(BATCH_FIELD.attributes)) === undefined) {
    return ['INVALID_RECORD', 'unknown compression type'];
  }
  if (!isSafeInt64At(batch, BATCH_FIELD.baseTimestamp) || !isSafeInt64At(batch, BATCH_FIELD.maxTimestamp)) {
    return ['INVALID_TIMESTAMP', 'timestamp out of range'];
  }
  return undefined;
}

function headerError(header: BatchHeader): string | undefined {
  if (header.baseOffset !== 0) return `base offset must be 0, is ${header.baseOffset}`;
  if (header.recordCount === 0) return 'record batch is empty';
  if (header.recordCount !== header.lastOffsetDelta + 1) {
    return `${header.recordCount} records, but the last offset delta is ${header.lastOffsetDelta}`;
  }
  if ((header.attributes & ~KNOWN_ATTRIBUTES) !== 0) return 'reserved attribute bits are set';
  if (header.isControl) return 'clients may not write control batches';
  if (header.producerId === NO_PRODUCER_ID) {
    return header.isTransactional ? 'transactional batch without a producer id' : undefined;
  }
  if (header.producerId < 0) return `producer id ${header.producerId}`;
  if (header.producerEpoch < 0) return `producer epoch ${header.producerEpoch}`;
  if (header.baseSequence < 0) return `sequence ${header.baseSequence}`;
  return undefined;
}

function timestampError(header: BatchHeader, limits: ProduceLimits): string | undefined {
  if (limits.timestampType === 'LogAppendTime') return undefined;
  if (header.timestampType === 'LogAppendTime') return 'producers may not set the timestamp type LogAppendTime';
  if (header.maxTimestamp >= 0 && header.maxTimestamp - limits.now > limits.timestampAfterMaxMs) {
    return `timestamp ${header.maxTimestamp} is too far in the future`;
  }
  if (header.baseTimestamp >= 0 && limits.now - header.baseTimestamp > limits.timestampBeforeMaxMs) {
    return `timestamp ${header.baseTimestamp} is too far in the past`;
  }
  return undefined;
}

/**
 * Decides whether the bytes a client produced for one partition may be appended: exactly one batch of magic 2 with a
 * valid CRC, not too large, consecutive offsets from 0, no control bit, sane producer fields and timestamps. Records are
 * not looked at, so timestamps are judged by the batch's first and largest. Failures: INVALID_RECORD, CORRUPT_MESSAGE,
 * MESSAGE_TOO_LARGE, INVALID_TIMESTAMP (Kafka's LogValidator and ProduceRequest rules).
 */
export function validateProducedBatches(batches: Buffer, limits: ProduceLimits): Result<BatchHeader> {
  const frame = frameError(batches, limits);
  if (frame !== undefined) return failure(frame[0], frame[1]);
  let header: BatchHeader;
  try {
    header = readBatchHeader(batches);
  } catch (error) {
    if (error instanceof MalformedInput) return failure('INVALID_RECORD', error.message);
    throw error;
  }
  const invalid = headerError(header);
  if (invalid !== undefined) return failure('INVALID_RECORD', invalid);
  const untimely = timestampError(header, limits);
  if (untimely !== undefined) return failure('INVALID_TIMESTAMP', untimely);
  return success(header);
}
