import { MalformedInput } from '@milena/bytes';
import { failure, maxOffset, success, type Offset, type Result, type TimestampMs } from '@milena/model';
import { findByTimestamp, findMaxTimestamp, type FoundRecord } from './find-by-timestamp';
import type { LogSegment } from './log-segment';
import type { LogState } from './log-state';
import type { LogRead, LogReadResult, TimestampedOffset } from './partition-log';
import { readSegment } from './read-segment';

const EMPTY = Buffer.alloc(0);

/** Bytes on disk that are not what was written: the reader gets an error, the operator a line. */
function guarded<T>({ options }: LogState, segment: LogSegment, read: () => T): Result<T> {
  try {
    return success(read());
  } catch (error) {
    if (!(error instanceof MalformedInput)) throw error;
    const file = segment.path('log');
    options.logger.error('log is damaged', { file, reason: error.message });
    return failure('CORRUPT_MESSAGE', `${file} is damaged: ${error.message}`);
  }
}

/** What the first of the segments from `from` on has that has anything; undefined when none has. */
function firstOf<T>(log: LogState, from: Offset, read: (segment: LogSegment) => T | undefined): Result<T | undefined> {
  for (const segment of log.segments.from(from)) {
    const result = guarded(log, segment, () => read(segment));
    if (!result.ok || result.value !== undefined) return result;
  }
  return success(undefined);
}

/** PartitionLog.read. */
export function readLog(log: LogState, read: LogRead): Result<LogReadResult> {
  const { from } = read;
  if (from < log.logStartOffset || from > log.logEndOffset) {
    return failure('OFFSET_OUT_OF_RANGE', `${from} is outside ${log.logStartOffset}..${log.logEndOffset}`);
  }
  const nothing = { records: EMPTY, nextOffset: from };
  if (from >= read.upTo || from === log.logEndOffset) return success(nothing);
  const result = firstOf(log, from, (segment) => readSegment(segment, read));
  return result.ok ? success(result.value ?? nothing) : result;
}

function located(log: LogState, found: FoundRecord): TimestampedOffset {
  return { ...found, leaderEpoch: log.epochs.epochAt(found.offset) };
}

/** PartitionLog.offsetForTimestamp. */
export function offsetForTimestamp(log: LogState, timestamp: TimestampMs): Result<TimestampedOffset | undefined> {
  const { logStartOffset } = log;
  const found = firstOf(log, logStartOffset, (segment) => findByTimestamp(segment, timestamp, logStartOffset));
  return found.ok ? success(found.value && located(log, found.value)) : found;
}

/** PartitionLog.offsetOfMaxTimestamp. */
export function offsetOfMaxTimestamp(log: LogState): Result<TimestampedOffset | undefined> {
  const [first, ...others] = log.segments.from(log.logStartOffset);
  if (first === undefined) return success(undefined);
  const newest = others.reduce((best, each) => (each.maxTimestamp > best.maxTimestamp ? each : best), first);
  const found = guarded(log, newest, () => findMaxTimestamp(newest));
  if (!found.ok) return found;
  if (found.value === undefined || log.logStartOffset === log.logEndOffset) return success(undefined);
  return success(located(log, { ...found.value, offset: maxOffset(found.value.offset, log.logStartOffset) }));
}
