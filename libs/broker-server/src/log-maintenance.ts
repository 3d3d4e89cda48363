import type { LogDirectory } from '@milena/log-store';
import type { Clock, Logger, Timer, Timers } from '@milena/platform';
import type { HostedPartitions } from './hosted-partitions';
import type { Partition } from './partition';

const FLUSH_SWEEP_MS = 250;

/** What maintenance works on. */
export interface LogMaintenanceOptions {
  readonly hosted: HostedPartitions;
  readonly logDirectory: LogDirectory;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly highWatermarkCheckpointMs: number;
  readonly retentionCheckMs: number;
  /** Half of what a follower may lag: how often the in-sync sets are looked at. */
  readonly inSyncCheckMs: number;
}

/** What a broker does to its partitions as time passes: checkpoints, syncs by age, retention, in-sync sets. */
export class LogMaintenance {
  readonly #timers = new Map<string, Timer>();
  /** When the oldest record that may be unsynced was seen, for partitions with flush.ms. */
  readonly #unsyncedSinceMs = new WeakMap<Partition, number>();
  #isClosed = false;

  constructor(private readonly options: LogMaintenanceOptions) {}

  start(): void {
    const { highWatermarkCheckpointMs, retentionCheckMs, inSyncCheckMs } = this.options;
    this.#every('high watermarks', highWatermarkCheckpointMs, () => void this.checkpointHighWatermarks());
    this.#every('retention', retentionCheckMs, () => this.#expire());
    this.#every('in-sync sets', inSyncCheckMs, () => this.#checkInSyncSets());
    this.#every('flush', FLUSH_SWEEP_MS, () => this.#flushByAge());
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) timer.cancel();
  }

  /** Writes all high watermarks; a failure is logged, since they are only a starting point after a restart. */
  async checkpointHighWatermarks(): Promise<void> {
    const { hosted, logDirectory, logger } = this.options;
    const offsets = [...hosted.all()].map(({ topicPartition, highWatermark }) => ({
      topicPartition,
      offset: highWatermark,
    }));
    try {
      await logDirectory.checkpointHighWatermarks(offsets);
    } catch (error) {
      logger.error('high watermarks not checkpointed', { error });
    }
  }

  #every(name: string, intervalMs: number, work: () => void): void {
    const timer = this.options.timers.after(intervalMs, () => {
      if (this.#isClosed) return;
      work();
      this.#every(name, intervalMs, work);
    });
    this.#timers.set(name, timer);
  }

  #expire(): void {
    const { clock, hosted, logger } = this.options;
    const now = clock.wallMs();
    for (const { log, highWatermark, topicPartition, role } of hosted.all()) {
      if (role.kind === 'offline') continue;
      try {
        const segments = log.deleteOldSegments(now, highWatermark);
        if (segments > 0)
          logger.info('old segments deleted', { ...topicPartition, segments, logStart: log.logStartOffset });
        log.expireProducers(now);
      } catch (error) {
        logger.error('retention failed', { ...topicPartition, error });
      }
    }
  }

  #checkInSyncSets(): void {
    for (const partition of this.options.hosted.all()) partition.shrinkInSyncSet();
  }

  #flushByAge(): void {
    const nowMs = this.options.clock.monotonicMs();
    for (const partition of this.options.hosted.all()) {
      const { settings, log, role } = partition;
      const isSynced = log.recoveryPoint >= log.logEndOffset;
      if (settings.flushMs === Number.MAX_SAFE_INTEGER || isSynced || role.kind === 'offline') {
        this.#unsyncedSinceMs.delete(partition);
        continue;
      }
      const sinceMs = this.#unsyncedSinceMs.get(partition);
      if (sinceMs === undefined) this.#unsyncedSinceMs.set(partition, nowMs);
      else if (nowMs - sinceMs >= settings.flushMs) {
        this.#unsyncedSinceMs.delete(partition);
        log.flush().catch((error: unknown) => partition.logFailed(error));
      }
    }
  }
}
