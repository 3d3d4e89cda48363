import { MalformedInput } from '@milena/bytes';
import { failure, maxOffset, success, type Result, type TimestampMs } from '@milena/model';
import { findByTimestamp, findMaxTimestamp, type FoundRecord } from './find-by-timestamp';
import type { LogState } from './log-state';
import type { LogRead, LogReadResult, TimestampedOffset } from './partition-log';
import { readSegment } from './read-segment';

const EMPTY = Buffer.alloc(0);

/** Bytes on disk that are not what was written: the reader gets an error, the operator a line. */
function guarded<T>(log: LogState, read: () => Result<T>): Result<T> {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MalformedInput)) throw error;
    log.options.logger.error('log is damaged', { folder: log.options.folder, reason: error.message });
    return failure('CORRUPT_MESSAGE', `${log.options.folder} is damaged: ${error.message}`);
  }
}

/** PartitionLog.read. */
export function readLog(log: LogState, read: LogRead): Result<LogReadResult> {
  const { from } = read;
  if (from < log.logStartOffset || from > log.logEndOffset) {
    return failure('OFFSET_OUT_OF_RANGE', `${from} is outside ${log.logStartOffset}..${log.logEndOffset}`);
  }
  const nothing = { records: EMPTY, nextOffset: from };
  if (from >= read.upTo || from === log.logEndOffset) return success(nothing);
  return guarded(log, () => {
    for (const segment of log.segments.from(from)) {
      const result = readSegment(segment, read);
      if (result !== undefined) return success(result);
    }
    return success(nothing);
  });
}

function located(log: LogState, found: FoundRecord): TimestampedOffset {
  return { ...found, leaderEpoch: log.epochs.epochAt(found.offset) };
}

/** PartitionLog.offsetForTimestamp. */
export function offsetForTimestamp(log: LogState, timestamp: TimestampMs): Result<TimestampedOffset | undefined> {
  return guarded(log, () => {
    for (const segment of log.segments.from(log.logStartOffset)) {
      const found = findByTimestamp(segment, timestamp, log.logStartOffset);
      if (found !== undefined) return success(located(log, found));
    }
    return success(undefined);
  });
}

/** PartitionLog.offsetOfMaxTimestamp. */
export function offsetOfMaxTimestamp(log: LogState): Result<TimestampedOffset | undefined> {
  const [first, ...others] = log.segments.from(log.logStartOffset);
  if (first === undefined) return success(undefined);
  const newest = others.reduce((best, each) => (each.maxTimestamp > best.maxTimestamp ? each : best), first);
  return guarded(log, () => {
    const found = findMaxTimestamp(newest);
    if (found === undefined || log.logStartOffset === log.logEndOffset) return success(undefined);
    return success(located(log, { ...found, offset: maxOffset(found.offset, log.logStartOffset) }));
  });
}
