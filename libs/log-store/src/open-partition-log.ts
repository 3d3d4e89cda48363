import type { Disk } from '@milena/platform';
import { loadLog } from './load-log';
import { LogFlusher } from './log-flusher';
import type { LogState } from './log-state';
import type { PartitionLog, PartitionLogOptions } from './partition-log';
import { PartitionMetadata } from './partition-metadata';
import { SegmentedLog } from './segmented-log';
import { parentFolder } from './small-file';

/** The folders that must be synced for `folder` to be found again: its parent, and those that do not exist yet. */
function unsyncedParents(disk: Disk, folder: string): readonly string[] {
  const parents = [parentFolder(folder)];
  for (let missing = parents[0]; missing !== undefined && missing !== '/' && !disk.exists(missing);) {
    missing = parentFolder(missing);
    parents.push(missing);
  }
  return parents;
}

/**
 * Opens the log in `options.folder`, creating it when there is none. Without a clean shutdown the segments from the
 * recovery point on are checked and cut at the first invalid batch; `recovery` of the result says what happened. Throws
 * DiskError when the disk does.
 */
export function openPartitionLog(options: PartitionLogOptions): PartitionLog {
  const { disk, folder, topicId, onFailed } = options;
  const parents = unsyncedParents(disk, folder);
  disk.makeFolder(folder);
  const loaded = loadLog(options);
  const metadata = new PartitionMetadata(disk, folder, options.cleanShutdown);
  if (topicId !== undefined && metadata.topicId === undefined) metadata.assign(topicId);
  const { segments, epochs } = loaded;
  const flushed = { disk, folder, segments, epochs, metadata, onFailed, logEndOffset: () => state.logEndOffset };
  const flusher = new LogFlusher(flushed, loaded.recoveryPoint, parents);
  for (const segment of loaded.rebuilt) flusher.rolled(segment);
  const state: LogState = { ...loaded, options, config: options.config, metadata, flusher };
  return new SegmentedLog(state);
}
