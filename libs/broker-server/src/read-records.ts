import { failure, type Offset, type Result } from '@milena/model';
import type { Partition } from './partition';
import { onDisk } from './on-disk';

const NO_RECORDS = Buffer.alloc(0);

/** Bytes that a read may still take from the whole answer. */
export interface ReadBudget {
  /** What is left for this partition and those after it. */
  readonly bytes: number;
  /** Whether the first batch may exceed it: so that an answer never stays empty because of a large batch. */
  readonly minOneBatch: boolean;
  /** Where records are read into, for an answer that copies them; a fresh buffer when not given. */
  readonly allocate?: (bytes: number) => Buffer;
}

/** Reads whole batches in [from, upTo); nothing when the budget is used up. */
export function readRecords(
  partition: Partition,
  range: { readonly from: Offset; readonly upTo: Offset; readonly maxBytes: number },
  budget: ReadBudget,
): Result<Buffer> {
  const { log } = partition;
  const { from, upTo } = range;
  if (from < log.logStartOffset || from > log.logEndOffset) {
    return failure('OFFSET_OUT_OF_RANGE', `${from} is outside [${log.logStartOffset}, ${log.logEndOffset}]`);
  }
  const maxBytes = Math.min(range.maxBytes, budget.bytes);
  if (from >= upTo || (maxBytes <= 0 && !budget.minOneBatch)) return { ok: true, value: NO_RECORDS };
  const { minOneBatch, allocate } = budget;
  const target = allocate === undefined ? {} : { allocate };
  const read = onDisk(() => log.read({ from, upTo, maxBytes, minOneBatch, ...target }));
  return read.ok ? { ok: true, value: read.value.records } : read;
}
