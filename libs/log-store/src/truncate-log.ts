import { MalformedInput } from '@milena/bytes';
import { maxOffset, minOffset, type Offset } from '@milena/model';
import { DiskError } from '@milena/platform';
import type { LogSegment } from './log-segment';
import type { LogState } from './log-state';
import { rebuildProducers } from './rebuild-producers';
import { addSegment } from './roll-log';

/**
 * Removes segments, in the order in which what is left stays whole if it stops half way: their names are gone when this
 * returns, their space is freed in the background. Throws DiskError, after which the log has failed: a segment whose name
 * stays would be part of it again at the next start.
 */
export function removeSegments(log: LogState, removed: readonly LogSegment[]): void {
  if (removed.length === 0) return;
  whole(log, () => {
    for (const segment of removed) segment.putAway();
  });
  for (const segment of removed) {
    segment.remove().catch((error: unknown) => {
      log.options.logger.error('segment files not removed', { folder: log.options.folder, error });
    });
  }
  log.flusher.namesChanged();
}

/** PartitionLog.truncateTo. */
export function truncateTo(log: LogState, to: Offset): boolean {
  return whole(log, () => cut(log, to));
}

/** PartitionLog.truncateFullyAndStartAt. */
export function truncateFullyAndStartAt(log: LogState, startOffset: Offset, logStartOffset = startOffset): void {
  whole(log, () => startOver(log, startOffset, logStartOffset));
}

/**
 * A log that was changed half way is neither the old one nor the new one: it has failed. What has rotted where it is cut is
 * an error of the disk, with the code that file systems have for it (EBADMSG).
 */
function whole<T>(log: LogState, change: () => T): T {
  try {
    return change();
  } catch (cause) {
    const isRotten = cause instanceof MalformedInput;
    const error = isRotten ? new DiskError('EBADMSG', log.options.folder, 'truncate', { cause }) : cause;
    if (error instanceof DiskError) log.flusher.fail(error);
    throw error;
  }
}

function cut(log: LogState, to: Offset): boolean {
  if (to >= log.logEndOffset) {
    // Epochs may have been assigned beyond the data (KAFKA-10706).
    if (log.epochs.truncateFromEnd(to)) log.flusher.epochsChanged();
    return false;
  }
  if (to < log.segments.first.baseOffset) {
    startOver(log, to, to);
    return true;
  }
  removeSegments(log, log.segments.takeAbove(to).toReversed());
  const { active } = log.segments;
  const cut = active.find(to);
  // A cut inside a batch takes the whole batch, since the rest of it would be no batch.
  const end = cut === undefined ? to : minOffset(to, cut.header.baseOffset);
  if (cut !== undefined) active.truncate(cut.position, end);
  active.activate(log.config);
  settle(log, end);
  log.snapshots.removeWhere((at) => at > end);
  const { producers, snapshots, segments } = log;
  if (producers.size > 0) rebuildProducers({ producers, snapshots, segments, logStartOffset: log.logStartOffset });
  return true;
}

function startOver(log: LogState, startOffset: Offset, logStartOffset: Offset): void {
  const before = log.segments.takeAll();
  const isNamesake = ({ baseOffset }: LogSegment): boolean => baseOffset === startOffset;
  removeSegments(log, before.filter(isNamesake));
  addSegment(log, startOffset);
  // Last, so that a crash in between leaves a log with its old beginning or its new one: none at all looks like a loss.
  removeSegments(
    log,
    before.filter((segment) => !isNamesake(segment)),
  );
  log.snapshots.removeWhere(() => true);
  log.producers.restore([]);
  log.epochs.clear();
  log.flusher.epochsChanged();
  settle(log, startOffset);
  log.logStartOffset = maxOffset(startOffset, logStartOffset);
}

function settle(log: LogState, end: Offset): void {
  log.logEndOffset = end;
  log.logStartOffset = minOffset(log.logStartOffset, end);
  if (log.epochs.truncateFromEnd(end)) log.flusher.epochsChanged();
  if (log.flusher.truncated(end)) log.options.onRecoveryPointLowered?.();
}
