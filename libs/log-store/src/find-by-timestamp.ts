import { maxOffset, type Offset, type TimestampMs } from '@milena/model';
import { decodeRecords, type LogRecord } from '@milena/record-batch';
import type { ScannedBatch } from './batch-scan';
import type { LogSegment } from './log-segment';

/** A record found by time. */
export interface FoundRecord {
  readonly offset: Offset;
  readonly timestamp: TimestampMs;
}

function recordsOf(segment: LogSegment, { header, position }: ScannedBatch): readonly LogRecord[] {
  const bytes = Buffer.allocUnsafe(header.sizeInBytes);
  segment.file.pread(bytes, position);
  return decodeRecords(bytes);
}

/** The first record of a segment at or above `start` that is not older than `timestamp`. */
export function findByTimestamp(segment: LogSegment, timestamp: TimestampMs, start: Offset): FoundRecord | undefined {
  if (segment.maxTimestamp < timestamp) return undefined;
  for (const batch of segment.headersFrom(maxOffset(segment.timeIndex.lookup(timestamp), segment.baseOffset))) {
    const { header } = batch;
    if (header.maxTimestamp < timestamp || header.lastOffset < start) continue;
    if (header.compression !== 'none') {
      const exact = header.baseTimestamp >= timestamp ? header.baseTimestamp : header.maxTimestamp;
      return { offset: maxOffset(header.baseOffset, start), timestamp: exact };
    }
    const record = recordsOf(segment, batch).find((each) => each.timestamp >= timestamp && each.offset >= start);
    if (record !== undefined) return { offset: record.offset, timestamp: record.timestamp };
  }
  return undefined;
}

/** The record with the largest timestamp of a segment; undefined when it holds none. */
export function findMaxTimestamp(segment: LogSegment): FoundRecord | undefined {
  if (segment.maxTimestamp < 0) return undefined;
  const batch = segment.find(segment.offsetOfMaxTimestamp);
  if (batch === undefined) return undefined;
  const { header } = batch;
  const last = { offset: header.lastOffset, timestamp: header.maxTimestamp };
  if (header.compression !== 'none') return last;
  const record = recordsOf(segment, batch).find((each) => each.timestamp === header.maxTimestamp);
  return record === undefined ? last : { offset: record.offset, timestamp: record.timestamp };
}
