import type { Offset } from '@milena/model';
import { DiskError } from '@milena/platform';
import { LogSegment } from './log-segment';
import type { LogState } from './log-state';
import { segmentFileName } from './segment-files';

/** Adds an empty active segment at `base`. */
export function addSegment(log: LogState, base: Offset): void {
  log.segments.push(createSegment(log, base));
  log.flusher.namesChanged();
}

function createSegment(log: LogState, base: Offset): LogSegment {
  const { disk, folder, clock } = log.options;
  try {
    const segment = new LogSegment(disk, folder, base, clock.wallMs());
    segment.activate(log.config);
    return segment;
  } catch (error) {
    // Left behind, its files would split the log at `base` for whoever recovers it, though more may be appended before.
    if (error instanceof DiskError) removeFiles(log, base, error);
    throw error;
  }
}

/** Removes the files of a segment that was not taken in; while one of them is still there, the log has failed. */
function removeFiles({ options: { disk, folder }, flusher }: LogState, base: Offset, cause: DiskError): void {
  try {
    for (const kind of ['log', 'index', 'timeindex'] as const) {
      disk.removeFile(`${folder}/${segmentFileName(base, kind)}`);
    }
  } catch {
    flusher.fail(cause);
  }
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
