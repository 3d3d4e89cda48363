import { failure, invariant, NO_TIMESTAMP, success, type Offset, type Result, type TimestampMs } from '@milena/model';
import { DiskError } from '@milena/platform';
import type { BatchHeader } from '@milena/record-batch';
import type { LogState } from './log-state';
import type { LogAppend } from './partition-log';
import { placeFollowerBatches, placeLeaderBatches, type PlacedBatches } from './place-batches';
import { rollLog } from './roll-log';
import { truncateFullyAndStartAt, truncateTo } from './truncate-log';

/** PartitionLog.appendAsLeader. */
export function appendAsLeader(log: LogState, batches: Buffer, leaderEpoch: number): Result<LogAppend> {
  const { logEndOffset, config, producers, options } = log;
  const now = options.clock.wallMs();
  const placed = placeLeaderBatches(batches, { logEndOffset, leaderEpoch, config, producers, now });
  if (!placed.ok) return placed;
  if (placed.value.kind === 'append') return append(log, placed.value);
  const { firstOffset, lastOffset } = placed.value;
  return success(appended(log, { firstOffset, lastOffset, appendTimestamp: NO_TIMESTAMP, isDuplicate: true }));
}

/** PartitionLog.appendAsFollower. */
export function appendAsFollower(log: LogState, batches: Buffer): Result<LogAppend> {
  const placed = placeFollowerBatches(batches);
  if (!placed.ok) return placed;
  const first = placed.value.headers[0];
  if (first !== undefined && first.baseOffset < log.logEndOffset) {
    const startsInside = log.logStartOffset === log.logEndOffset && first.lastOffset >= log.logEndOffset;
    if (!startsInside) {
      return failure('OFFSET_OUT_OF_RANGE', `batch at ${first.baseOffset} is below log end ${log.logEndOffset}`);
    }
    // The leader's log starts inside this batch, so a new replica must begin below that start (KAFKA-6361).
    truncateFullyAndStartAt(log, first.baseOffset, log.logStartOffset);
  }
  return append(log, placed.value);
}

/** Writes runs of batches, each into one segment; when a run fails the ones before it are taken back. */
function append(log: LogState, { bytes, headers, appendTimestamp }: PlacedBatches): Result<LogAppend> {
  const before = log.logEndOffset;
  try {
    let position = 0;
    for (let index = 0; index < headers.length;) {
      const run = nextRun(headers, index, log.config.segmentBytes);
      writeRun(log, bytes.subarray(position, position + run.bytes), headers.slice(index, index + run.count));
      position += run.bytes;
      index += run.count;
    }
  } catch (error) {
    if (error instanceof DiskError) undo(log, before, error);
    throw error;
  }
  const first = headers[0];
  const last = headers.at(-1);
  invariant(first !== undefined && last !== undefined, 'an append holds a batch');
  const { baseOffset: firstOffset } = first;
  const { lastOffset } = last;
  return success(appended(log, { firstOffset, lastOffset, appendTimestamp, isDuplicate: false }));
}

/** How many batches from `index` on go into one segment together; at least one. */
function nextRun(headers: readonly BatchHeader[], index: number, bytesMax: number): { count: number; bytes: number } {
  const run = { count: 0, bytes: 0 };
  for (const { sizeInBytes } of headers.slice(index)) {
    if (run.count > 0 && run.bytes + sizeInBytes > bytesMax) break;
    run.bytes += sizeInBytes;
    run.count += 1;
  }
  return run;
}

function writeRun(log: LogState, bytes: Buffer, headers: readonly BatchHeader[]): void {
  const last = headers.at(-1);
  invariant(last !== undefined, 'a run holds a batch');
  let maxTimestamp: TimestampMs = NO_TIMESTAMP;
  for (const header of headers) if (header.maxTimestamp > maxTimestamp) maxTimestamp = header.maxTimestamp;
  const incoming = { bytes: bytes.length, lastOffset: last.lastOffset, maxTimestamp };
  if (log.segments.active.mustRoll(log.config, incoming, log.options.clock.wallMs())) rollLog(log);
  log.segments.active.append(bytes, headers, log.config.indexIntervalBytes);
  log.logEndOffset = last.nextOffset;
  log.flusher.dataChanged();
  for (const header of headers) {
    const epoch = header.partitionLeaderEpoch;
    const isNewEpoch = epoch >= 0 && epoch !== log.epochs.latestEpoch;
    if (isNewEpoch && log.epochs.assign(epoch, header.baseOffset)) log.flusher.epochsChanged();
    log.producers.update(header);
  }
}

/** Brings files and state back to the log end before a failed append; a log that cannot be brought back has failed. */
function undo(log: LogState, to: Offset, cause: DiskError): void {
  try {
    log.segments.active.discardUnwritten(log.logEndOffset);
    if (log.logEndOffset > to) truncateTo(log, to);
  } catch (error) {
    log.flusher.fail(error instanceof DiskError ? error : cause);
  }
}

function appended(log: LogState, outcome: Omit<LogAppend, 'logStartOffset'>): LogAppend {
  return { ...outcome, logStartOffset: log.logStartOffset };
}
