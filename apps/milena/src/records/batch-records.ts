import type { RecordsBatch } from '@platformatic/kafka';
import type { ConsumedRecord } from './record-format';

const CONTROL = 0x20;
const LOG_APPEND_TIME = 0x08;

/** Where a batch came from, and the first offset wanted of it. */
export interface BatchPlace {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
}

/** The records of a batch from offset `from` on; a control batch has none for clients. */
export function batchRecords(batch: RecordsBatch, { topic, partition, from }: BatchPlace): readonly ConsumedRecord[] {
  if ((batch.attributes & CONTROL) !== 0) return [];
  const isAppendTime = (batch.attributes & LOG_APPEND_TIME) !== 0;
  return batch.records
    .map(({ offsetDelta, timestampDelta, key, value, headers }) => ({
      topic,
      partition,
      offset: Number(batch.firstOffset) + offsetDelta,
      timestamp: Number(isAppendTime ? batch.maxTimestamp : batch.firstTimestamp + timestampDelta),
      key,
      value,
      headers: headers.map(([name, content]) => [name ?? Buffer.alloc(0), content] as const),
    }))
    .filter(({ offset }) => offset >= from);
}

/** The offset after a batch, whose last records compaction may have taken away. */
export function offsetAfter(batch: RecordsBatch): number {
  return Number(batch.firstOffset) + batch.lastOffsetDelta + 1;
}
