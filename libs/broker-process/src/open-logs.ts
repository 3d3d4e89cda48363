import type { NodeConfig } from '@milena/config';
import { DEFAULT_LOG_CONFIG, openLogDirectory, type LogDirectory } from '@milena/log-store';
import type { Platform } from '@milena/platform';

/** Locks and recovers the logs of a broker; throws when the folder is in use, naming who uses it, or cannot be used. */
export async function openLogs(platform: Platform, { dataFolder, server }: NodeConfig): Promise<LogDirectory> {
  const { disk, clock, timers, random, logger } = platform;
  const opened = await openLogDirectory({
    disk,
    clock,
    timers,
    random,
    logger,
    path: dataFolder,
    // Nothing is deleted before the topic's own configuration is known.
    config: { ...DEFAULT_LOG_CONFIG, retentionMs: undefined, retentionBytes: undefined },
    checkpointIntervalMs: server.number('log.flush.offset.checkpoint.interval.ms'),
    deleteDelayMs: server.number('log.segment.delete.delay.ms'),
  });
  if (opened.ok) return opened.value;
  const holder = disk.lockHolder(`${dataFolder}/.lock`);
  throw new Error(holder === undefined ? opened.error.message : `log folder ${dataFolder} is in use by ${holder}`);
}
