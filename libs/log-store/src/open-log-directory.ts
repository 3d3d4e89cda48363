import { failure, parseTopicPartition, success, topicPartitionName, ZERO_OFFSET, type Result } from '@milena/model';
import { CLEAN_SHUTDOWN_FILE, takeCleanShutdown } from './clean-shutdown-file';
import { DirectoryCheckpoints } from './directory-checkpoints';
import { LogDirectory, type LogDirectoryOptions } from './log-directory';
import { openPartitionLog } from './open-partition-log';
import type { PartitionLog } from './partition-log';
import { parentFolder } from './small-file';

const LOCK_FILE = '.lock';

/** What opening the logs of a directory gave. */
interface FoundFolders {
  readonly logs: Map<string, PartitionLog>;
  readonly deletedFolders: string[];
}

/**
 * Locks a log directory and opens every partition in it. KAFKA_STORAGE_ERROR when another process holds the lock; what
 * `verify` answers when it refuses. A partition without a readable topic id after a crash had nothing durable and is set
 * aside as stray (KAFKA-16814). I/O errors are thrown as DiskError.
 */
export async function openLogDirectory(options: LogDirectoryOptions): Promise<Result<LogDirectory>> {
  const { disk, logger, path, verify } = options;
  disk.makeFolder(path);
  await disk.fsyncDirectory(parentFolder(path));
  const lock = disk.lock(`${path}/${LOCK_FILE}`);
  if (lock === undefined) return failure('KAFKA_STORAGE_ERROR', `${path} is in use by another process`);
  try {
    const verified = verify?.(path) ?? success(undefined);
    if (!verified.ok) {
      lock.release();
      return verified;
    }
    const shutdown = await takeCleanShutdown(disk, `${path}/${CLEAN_SHUTDOWN_FILE}`);
    const wasCleanShutdown = shutdown !== undefined;
    const checkpoints = new DirectoryCheckpoints(disk, path, logger);
    const holder: { directory?: LogDirectory } = {};
    const found = openFolders(options, checkpoints, wasCleanShutdown, () => holder.directory?.checkpointSoon());
    const directory = new LogDirectory(options, {
      ...found,
      lock,
      checkpoints,
      highWatermarks: checkpoints.read('replication'),
      wasCleanShutdown,
      previousBrokerEpoch: shutdown?.brokerEpoch,
    });
    holder.directory = directory;
    const strays = wasCleanShutdown ? [] : [...directory.logs()].filter((log) => log.topicId === undefined);
    for (const stray of strays) await directory.isolateStray(stray.topicPartition);
    return success(directory);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openFolders(
  options: LogDirectoryOptions,
  checkpoints: DirectoryCheckpoints,
  cleanShutdown: boolean,
  onRecoveryPointLowered: () => void,
): FoundFolders {
  const { disk, clock, logger, path, config } = options;
  const recoveryPoints = checkpoints.read('recovery-point');
  const logStarts = checkpoints.read('log-start');
  const found: FoundFolders = { logs: new Map(), deletedFolders: [] };
  for (const name of disk.list(path)) {
    const folder = `${path}/${name}`;
    if (!disk.isFolder(folder)) continue;
    if (name.endsWith('-delete')) found.deletedFolders.push(folder);
    const topicPartition = parseTopicPartition(name);
    // Other folders are not ours: strays of an earlier start, the metadata log, lost+found.
    if (topicPartition === undefined || topicPartition.topic === '__cluster_metadata') continue;
    const log = openPartitionLog({
      disk,
      clock,
      logger,
      folder,
      topicPartition,
      config,
      recoveryPoint: recoveryPoints.get(name) ?? ZERO_OFFSET,
      logStartOffset: logStarts.get(name) ?? ZERO_OFFSET,
      cleanShutdown,
      onRecoveryPointLowered,
    });
    found.logs.set(topicPartitionName(topicPartition), log);
    const { scannedSegments, truncatedBytes, lostDurableData } = log.recovery;
    if (scannedSegments > 0) logger.info('log recovered', { folder, scannedSegments, truncatedBytes, lostDurableData });
  }
  return found;
}
