import type { Offset } from '@milena/model';
import { BATCH_HEADER_BYTES, readBatchExtent } from '@milena/record-batch';
import type { LogSegment } from './log-segment';
import type { LogRead, LogReadResult } from './partition-log';

const EMPTY = Buffer.alloc(0);

/**
 * Reads whole batches of one segment. Undefined when the segment ends before `from`, so that the next one must be asked.
 * The bytes are read once, at most `maxBytes` of them, and cut back to the last batch that is whole and below `upTo`.
 */
export function readSegment(segment: LogSegment, read: LogRead): LogReadResult | undefined {
  const first = segment.find(read.from);
  if (first === undefined) return undefined;
  const firstBytes = first.header.sizeInBytes;
  const nothing = { records: EMPTY, nextOffset: read.from };
  if (first.header.nextOffset > read.upTo) return nothing;
  if (firstBytes > read.maxBytes && !read.minOneBatch) return nothing;

  const wanted = Math.max(firstBytes, Math.min(read.maxBytes, segment.size - first.position));
  const buffer = (read.allocate ?? Buffer.allocUnsafe)(wanted).subarray(0, wanted);
  const count = segment.file.pread(buffer, first.position);
  const { end, nextOffset } = wholeBatches(buffer.subarray(0, count), read);
  return { records: buffer.subarray(0, end), nextOffset };
}

/** Looks at three fields of each batch only: a fetch walks over every batch that it sends. */
function wholeBatches(bytes: Buffer, { from, upTo }: LogRead): { readonly end: number; readonly nextOffset: Offset } {
  let end = 0;
  let nextOffset = from;
  while (end + BATCH_HEADER_BYTES <= bytes.length) {
    const { sizeInBytes, nextOffset: next } = readBatchExtent(bytes, end);
    if (end + sizeInBytes > bytes.length || next > upTo) break;
    end += sizeInBytes;
    nextOffset = next;
  }
  return { end, nextOffset };
}
