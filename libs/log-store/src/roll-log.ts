import type { Offset } from '@milena/model';
import { LogSegment } from './log-segment';
import type { LogState } from './log-state';

/** Adds an empty active segment at `base`. */
export function addSegment(log: LogState, base: Offset): void {
  const { disk, folder, clock } = log.options;
  const segment = new LogSegment(disk, folder, base, clock.wallMs());
  segment.activate(log.config);
  log.segments.push(segment);
  log.flusher.namesChanged();
}

/**
 * Closes the active segment and begins a new one at the log end: producer snapshot there, old segment flushed in the
 * background. Does nothing while the active segment is empty and begins there already.
 */
export function rollLog(log: LogState): void {
  const { active } = log.segments;
  if (active.baseOffset === log.logEndOffset) return;
  active.deactivate();
  log.flusher.rolled(active);
  log.snapshots.write(log.logEndOffset, log.producers);
  addSegment(log, log.logEndOffset);
  // A failure is kept by the flusher and answers every later call.
  log.flusher.flush().catch((error: unknown) => {
    log.options.logger.error('flush of a closed segment failed', { folder: log.options.folder, error });
  });
}
