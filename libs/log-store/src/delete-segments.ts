import { failure, success, type Offset, type Result, type TimestampMs } from '@milena/model';
import type { LogState } from './log-state';
import { countDeletableSegments } from './retention';
import { rollLog } from './roll-log';
import { removeSegments } from './truncate-log';

/** PartitionLog.deleteRecordsBefore. */
export function deleteRecordsBefore(log: LogState, before: Offset): Result<Offset> {
  if (before > log.logEndOffset) {
    return failure('OFFSET_OUT_OF_RANGE', `offset ${before} is above log end ${log.logEndOffset}`);
  }
  moveLogStart(log, before);
  let below = 0;
  while (below < log.segments.all.length - 1 && log.segments.endOf(below, log.logEndOffset) <= before) below += 1;
  dropFirst(log, below);
  return success(log.logStartOffset);
}

/** PartitionLog.deleteOldSegments. */
export function deleteOldSegments(log: LogState, now: TimestampMs, highWatermark: Offset): number {
  const { segments, config, logStartOffset, logEndOffset } = log;
  const count = countDeletableSegments({ segments, config, logStartOffset, logEndOffset, highWatermark, now });
  if (count === segments.all.length) rollLog(log);
  moveLogStart(log, segments.endOf(count - 1, log.logEndOffset));
  dropFirst(log, count);
  return count;
}

function moveLogStart(log: LogState, to: Offset): void {
  if (to <= log.logStartOffset) return;
  log.logStartOffset = to;
  if (log.epochs.truncateFromStart(to)) log.flusher.epochsChanged();
}

function dropFirst(log: LogState, count: number): void {
  const dropped = log.segments.takeFirst(count);
  removeSegments(log, dropped);
  const first = log.segments.first.baseOffset;
  if (count > 0) log.snapshots.removeWhere((at) => at < first);
}
