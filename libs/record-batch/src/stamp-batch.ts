import type { Offset, TimestampMs } from '@milena/model';
import { computeBatchCrc } from './batch-crc';
import { BATCH_ATTRIBUTE, BATCH_FIELD } from './batch-header';

/** What a leader writes into a batch that it appends. */
export interface BatchStamp {
  readonly baseOffset: Offset;
  readonly partitionLeaderEpoch: number;
}

function writeInt64(batch: Buffer, value: number, at: number): void {
  batch.writeInt32BE(Math.floor(value / 2 ** 32), at);
  batch.writeUInt32BE(value >>> 0, at + 4);
}

/** Writes base offset and leader epoch into `batch` in place. Both lie outside the CRC, which stays valid. */
export function stampBatch(batch: Buffer, { baseOffset, partitionLeaderEpoch }: BatchStamp): void {
  writeInt64(batch, baseOffset, BATCH_FIELD.baseOffset);
  batch.writeInt32BE(partitionLeaderEpoch, BATCH_FIELD.partitionLeaderEpoch);
}

/**
 * Marks `batch` (exactly one whole batch) as appended at `timestamp` in place: sets the timestamp type, the max
 * timestamp and a new CRC. For topics with `message.timestamp.type=LogAppendTime`.
 */
export function stampLogAppendTime(batch: Buffer, timestamp: TimestampMs): void {
  const attributes = batch.readInt16BE(BATCH_FIELD.attributes) | BATCH_ATTRIBUTE.logAppendTime;
  batch.writeInt16BE(attributes, BATCH_FIELD.attributes);
  writeInt64(batch, timestamp, BATCH_FIELD.maxTimestamp);
  batch.writeUInt32BE(computeBatchCrc(batch), BATCH_FIELD.crc);
}
