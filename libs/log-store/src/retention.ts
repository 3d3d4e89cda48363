import type { Offset, TimestampMs } from '@milena/model';
import type { LogConfig } from './log-config';
import type { SegmentList } from './segment-list';

/** The state of a log that retention is decided on. */
export interface RetentionInput {
  readonly segments: SegmentList;
  readonly config: Pick<LogConfig, 'retentionMs' | 'retentionBytes'>;
  readonly logStartOffset: Offset;
  readonly logEndOffset: Offset;
  readonly highWatermark: Offset;
  readonly now: TimestampMs;
}

/**
 * How many of the oldest segments may go: those below the log start, those whose newest record is older than
 * `retentionMs` (or that were closed so long ago, when their records carry no time), and those without which the log still
 * has `retentionBytes`. Never one that reaches above the high watermark, never the active segment while it is empty. The
 * count may include the active one; it must be rolled first.
 */
export function countDeletableSegments(input: RetentionInput): number {
  const { segments, config, logStartOffset, logEndOffset, highWatermark, now } = input;
  let excessBytes = config.retentionBytes === undefined ? -1 : segments.sizeInBytes - config.retentionBytes;
  let count = 0;
  for (const [index, segment] of segments.all.entries()) {
    const end = segments.endOf(index, logEndOffset);
    if (end > highWatermark || (segment === segments.active && segment.size === 0)) break;
    const newestMs = segment.maxTimestamp >= 0 ? segment.maxTimestamp : segments.all[index + 1]?.createdAt;
    const isTooOld = config.retentionMs !== undefined && newestMs !== undefined && now - newestMs > config.retentionMs;
    excessBytes -= segment.size;
    if (end > logStartOffset && !isTooOld && excessBytes < 0) break;
    count += 1;
  }
  return count;
}
