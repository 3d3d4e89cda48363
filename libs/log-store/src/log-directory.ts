import {
  failure,
  randomUuid,
  success,
  topicPartitionName,
  uuidToBytes,
  type Offset,
  type Result,
  type TopicPartition,
  type Uuid,
} from '@milena/model';
import type { Clock, Disk, DiskLock, Logger, Random, Timer, Timers } from '@milena/platform';
import { CLEAN_SHUTDOWN_FILE, writeCleanShutdown } from './clean-shutdown-file';
import type { DirectoryCheckpoints } from './directory-checkpoints';
import type { LogConfig } from './log-config';
import { openPartitionLog } from './open-partition-log';
import type { PartitionLog } from './partition-log';

/** Logs that are synced at the same time by `flushAll` and `close`. */
const FLUSHES_MAX = 16;
/** Longest name of a folder that file systems take. */
const FOLDER_NAME_MAX = 255;

/** What a log directory works with. */
export interface LogDirectoryOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  readonly path: string;
  /** For partitions found on disk, until `reconfigure` gives them their topic's own. */
  readonly config: LogConfig;
  /** Checks meta.properties (node, cluster and directory id) before anything else is touched; a failure refuses the start. */
  readonly verify?: (path: string) => Result<void>;
  /** How often recovery points and log starts are written; Kafka's `log.flush.offset.checkpoint.interval.ms`, 60 s. */
  readonly checkpointIntervalMs?: number;
  /** How long a deleted partition's files stay, renamed; Kafka's `file.delete.delay.ms`, 60 s. */
  readonly deleteDelayMs?: number;
}

/** What was found when the directory was opened; built by `openLogDirectory`. */
export interface LoadedDirectory {
  readonly lock: DiskLock;
  readonly checkpoints: DirectoryCheckpoints;
  readonly logs: ReadonlyMap<string, PartitionLog>;
  readonly highWatermarks: ReadonlyMap<string, Offset>;
  readonly wasCleanShutdown: boolean;
  readonly previousBrokerEpoch: number | undefined;
  /** Folders of deleted partitions that still have to be removed. */
  readonly deletedFolders: readonly string[];
}

/**
 * All partition logs under one `log.dirs` entry: creates, deletes, checkpoints and closes them. Opened by
 * `openLogDirectory`, owned by one broker, which holds its `.lock`.
 */
export class LogDirectory {
  readonly #logs: Map<string, PartitionLog>;
  readonly #removals = new Map<string, Timer>();
  readonly #timer: { current?: Timer } = {};
  #isCheckpointDue = false;
  #isCheckpointing = false;
  #isClosed = false;

  constructor(
    private readonly options: LogDirectoryOptions,
    private readonly loaded: LoadedDirectory,
  ) {
    this.#logs = new Map(loaded.logs);
    for (const folder of loaded.deletedFolders) this.#removeLater(folder);
    this.#checkpointLater();
  }

  get path(): string {
    return this.options.path;
  }

  /** False when the last stop was a crash, so that logs were checked and unsynced data may be gone. */
  get wasCleanShutdown(): boolean {
    return this.loaded.wasCleanShutdown;
  }

  /** Broker epoch at the last clean shutdown (KIP-966); undefined after a crash. */
  get previousBrokerEpoch(): number | undefined {
    return this.loaded.previousBrokerEpoch;
  }

  get(topicPartition: TopicPartition): PartitionLog | undefined {
    return this.#logs.get(topicPartitionName(topicPartition));
  }

  /** Every partition log, in the order opened. */
  logs(): Iterable<PartitionLog> {
    return this.#logs.values();
  }

  /** High watermark in replication-offset-checkpoint when the directory was opened; undefined when it has none. */
  checkpointedHighWatermark(topicPartition: TopicPartition): Offset | undefined {
    return this.loaded.highWatermarks.get(topicPartitionName(topicPartition));
  }

  /**
   * The log of a partition, created when missing. INCONSISTENT_TOPIC_ID when the folder belongs to another topic of that
   * name: the caller decides, and calls `isolateStray` first if the old one is gone.
   */
  getOrCreate(topicPartition: TopicPartition, topicId: Uuid, config = this.options.config): Result<PartitionLog> {
    const existing = this.get(topicPartition);
    if (existing !== undefined) {
      const assigned = existing.assignTopicId(topicId);
      return assigned.ok ? success(existing) : assigned;
    }
    if (this.#isClosed) return failure('KAFKA_STORAGE_ERROR', `${this.path} is closed`);
    const { disk, clock, logger } = this.options;
    const name = topicPartitionName(topicPartition);
    const log = openPartitionLog({
      disk,
      clock,
      logger,
      folder: `${this.path}/${name}`,
      topicPartition,
      topicId,
      config,
      recoveryPoint: 0 as Offset,
      cleanShutdown: false,
      onRecoveryPointLowered: () => this.checkpointSoon(),
    });
    this.#logs.set(name, log);
    // A folder that could not be retired is found here again.
    const assigned = log.assignTopicId(topicId);
    return assigned.ok ? success(log) : assigned;
  }

  /** Takes a partition out of use and renames its folder to `.<id>-delete`; the files go after `deleteDelayMs`. */
  async delete(topicPartition: TopicPartition): Promise<void> {
    const folder = await this.#retire(topicPartition, 'delete');
    if (folder !== undefined) this.#removeLater(folder);
  }

  /** Takes a partition out of use that no longer belongs here and keeps its files under `.<id>-stray` for an operator. */
  async isolateStray(topicPartition: TopicPartition): Promise<void> {
    await this.#retire(topicPartition, 'stray');
  }

  async #retire(topicPartition: TopicPartition, suffix: 'delete' | 'stray'): Promise<string | undefined> {
    const name = topicPartitionName(topicPartition);
    const log = this.#logs.get(name);
    if (log === undefined) return undefined;
    const { disk, random, logger } = this.options;
    this.#logs.delete(name);
    const id = uuidToBytes(randomUuid((count) => random.bytes(count))).toString('hex');
    const folder = `${this.path}/${retiredName(topicPartition, `${id}-${suffix}`)}`;
    // At once, so that a partition of the same name can be created while the files are being closed.
    const closed = log.abandon();
    disk.rename(log.folder, folder);
    logger.info('partition folder retired', { folder });
    // A partition made anew under the name must not find the offsets of this one after a crash.
    this.checkpointSoon();
    await closed;
    await disk.fsyncDirectory(this.path);
    return folder;
  }

  #removeLater(folder: string): void {
    if (this.#isClosed) return;
    const { timers, disk, logger, deleteDelayMs = 60_000 } = this.options;
    const remove = (): void => {
      this.#removals.delete(folder);
      try {
        disk.removeFolder(folder);
      } catch (error) {
        logger.warn('deleted partition not removed', { folder, error });
      }
    };
    this.#removals.set(folder, timers.after(deleteDelayMs, remove));
  }

  /** Makes everything appended so far durable, a bounded number of logs at a time. Rejects when a log fails. */
  async flushAll(): Promise<void> {
    const pending = [...this.#logs.values()].filter((log) => log.recoveryPoint < log.logEndOffset);
    while (pending.length > 0) await Promise.all(pending.splice(0, FLUSHES_MAX).map((log) => log.flush()));
  }

  /** Writes the recovery points and log starts durably. */
  async checkpoint(): Promise<void> {
    const { checkpoints } = this.loaded;
    const entries = (pick: (log: PartitionLog) => Offset) => () =>
      [...this.#logs.values()].map((log) => ({ topicPartition: log.topicPartition, offset: pick(log) }));
    await checkpoints.write(
      'recovery-point',
      entries((log) => log.recoveryPoint),
    );
    await checkpoints.write(
      'log-start',
      entries((log) => log.logStartOffset),
    );
  }

  /** Writes replication-offset-checkpoint durably. */
  checkpointHighWatermarks(
    highWatermarks: readonly { readonly topicPartition: TopicPartition; readonly offset: Offset }[],
  ): Promise<void> {
    return this.loaded.checkpoints.write('replication', () => highWatermarks);
  }

  /** Starts a checkpoint without waiting for it; calls made while one runs share the next. A failure is logged. */
  checkpointSoon(): void {
    this.#isCheckpointDue = true;
    if (!this.#isCheckpointing) void this.#checkpointWhileDue();
  }

  async #checkpointWhileDue(): Promise<void> {
    this.#isCheckpointing = true;
    while (this.#isCheckpointDue && !this.#isClosed) {
      this.#isCheckpointDue = false;
      try {
        await this.checkpoint();
      } catch (error) {
        this.options.logger.error('checkpoint not written', { path: this.path, error });
      }
    }
    this.#isCheckpointing = false;
  }

  #checkpointLater(): void {
    const { timers, checkpointIntervalMs = 60_000 } = this.options;
    this.#timer.current = timers.after(checkpointIntervalMs, () => {
      this.checkpointSoon();
      this.#checkpointLater();
    });
  }

  /** Closes every log, whether or not others fail to; then throws what the first of those threw. False when one had failed. */
  async #closeLogs(): Promise<boolean> {
    const logs = [...this.#logs.values()];
    const outcomes: PromiseSettledResult<void>[] = [];
    for (let first = 0; first < logs.length; first += FLUSHES_MAX) {
      const closing = logs.slice(first, first + FLUSHES_MAX).map((log) => log.close());
      outcomes.push(...(await Promise.allSettled(closing)));
    }
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    return logs.every((log) => log.failure === undefined);
  }

  /**
   * Closes every log, writes the checkpoints and, when all of that worked, the clean shutdown marker with the broker's
   * epoch; then gives up the lock. A log that failed keeps the marker away, so the next start checks all.
   */
  async close(brokerEpoch?: number): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer.current?.cancel();
    for (const timer of this.#removals.values()) timer.cancel();
    const { disk, logger } = this.options;
    try {
      const allSound = await this.#closeLogs();
      await this.checkpoint();
      if (allSound) await writeCleanShutdown(disk, `${this.path}/${CLEAN_SHUTDOWN_FILE}`, brokerEpoch);
    } catch (error) {
      logger.error('log directory not closed cleanly', { path: this.path, error });
      throw error;
    } finally {
      await this.loaded.checkpoints.settled();
      this.loaded.lock.release();
    }
  }
}

/** Name of a retired partition's folder; like Kafka it shortens topics that would make it too long. */
function retiredName({ topic, partition }: TopicPartition, ending: string): string {
  const tail = `-${partition}.${ending}`;
  return `${topic.slice(0, FOLDER_NAME_MAX - tail.length)}${tail}`;
}
