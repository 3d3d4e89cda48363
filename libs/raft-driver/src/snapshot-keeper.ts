import type { PartitionLog } from '@milena/log-store';
import { failure, type OffsetAndEpoch, type Result, ZERO_OFFSET } from '@milena/model';
import type { Platform, Timer } from '@milena/platform';
import type { PlantedBugs, Raft } from '@milena/raft';
import { cleanLog, type MetadataRetention } from './clean-log';
import { ElectionCalm } from './election-calm';
import type { SnapshotStore } from './snapshot-store';
import { installSnapshot, makeSnapshot } from './snapshot-work';
import { verifySnapshot } from './verify-snapshot';

/** What a SnapshotKeeper works on. */
export interface SnapshotKeeperOptions {
  readonly platform: Pick<Platform, 'clock' | 'timers' | 'logger'>;
  readonly log: PartitionLog;
  readonly snapshots: SnapshotStore;
  readonly raft: Pick<Raft, 'highWatermark' | 'votersAt' | 'leadership'>;
  readonly retention: MetadataRetention;
  /** See SnapshotVerification. */
  readonly mayFetchAgain: boolean;
  /** For the simulator only. */
  readonly plantedBugs?: Pick<PlantedBugs, 'cleanBeyondSnapshot'>;
  /** A snapshot of the leader is in its place, or was refused as damaged. */
  onInstalled(id: OffsetAndEpoch, isInstalled: boolean): void;
  /** What is on disk cannot be relied on any more. */
  onFatal(error: unknown): void;
}

/**
 * The snapshots of a running pump: makes one at a time of this node's own, waiting while a leader is elected, puts those of
 * the leader in their place, reads again those that others ask for, and cleans the log behind them at a period.
 */
export class SnapshotKeeper {
  readonly #options: SnapshotKeeperOptions;
  #cleaningTimer: Timer | undefined;
  /** Everything under way. */
  #work: Promise<unknown> = Promise.resolve();
  #isMaking = false;
  #isVerifying = false;
  #closed = false;

  constructor(options: SnapshotKeeperOptions) {
    this.#options = options;
  }

  /** Begins to clean the log at its period. */
  start(): void {
    this.#cleanLater();
  }

  /** See MetadataLog.createSnapshot. */
  async make(id: OffsetAndEpoch, records: Iterable<Uint8Array>): Promise<Result<void>> {
    if (this.#closed || this.#isMaking) {
      return failure('OPERATION_NOT_ATTEMPTED', 'another snapshot is being written, or this node stops');
    }
    this.#isMaking = true;
    const { onFatal, platform, raft } = this.#options;
    const calm = new ElectionCalm(platform.clock, () => raft.leadership);
    const pace = { mayGoOn: () => !this.#closed, shouldWait: () => !calm.isCalm };
    const made = makeSnapshot(this.#options, { id, records, ...pace, onFatal });
    this.#work = Promise.allSettled([this.#work, made]);
    try {
      return await made;
    } catch (error) {
      // The log that was read to check it is broken.
      onFatal(error);
      return failure('KAFKA_STORAGE_ERROR', 'the metadata log cannot be read');
    } finally {
      this.#isMaking = false;
    }
  }

  /** Carries out the effect `installSnapshot` of RaftEffects. */
  install(id: OffsetAndEpoch): void {
    const { log, snapshots, platform, onInstalled, onFatal } = this.#options;
    const installing = installSnapshot({ log, snapshots, logger: platform.logger }, id).then(
      (isInstalled) => onInstalled(id, isInstalled),
      onFatal,
    );
    this.#work = Promise.allSettled([this.#work, installing]);
  }

  /** Somebody begins to fetch a snapshot: sees that it is still whole, unless another is being looked at. */
  verify(id: OffsetAndEpoch): void {
    if (this.#closed || this.#isVerifying) return;
    this.#isVerifying = true;
    const { logger } = this.#options.platform;
    const verifying = verifySnapshot({ ...this.#options, logger }, id)
      .catch(this.#options.onFatal)
      .finally(() => (this.#isVerifying = false));
    this.#work = Promise.allSettled([this.#work, verifying]);
  }

  /** Begins nothing new; a snapshot being made is given up. */
  close(): void {
    this.#closed = true;
    this.#cleaningTimer?.cancel();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#work;
  }

  #cleanLater(): void {
    if (this.#closed) return;
    const { platform, retention, onFatal } = this.#options;
    this.#cleaningTimer = platform.timers.after(retention.periodMs, () => {
      const cleaning = this.#clean().then(() => this.#cleanLater(), onFatal);
      this.#work = Promise.allSettled([this.#work, cleaning]);
    });
  }

  async #clean(): Promise<void> {
    const { platform, log, snapshots, retention, raft, plantedBugs } = this.#options;
    const { clock, logger } = platform;
    const mayGoOn = (): boolean => !this.#closed;
    const removed = await cleanLog({ log, snapshots, retention, now: clock.wallMs(), mayGoOn });
    if (plantedBugs?.cleanBeyondSnapshot === true) log.deleteRecordsBefore(raft.highWatermark ?? ZERO_OFFSET);
    if (removed > 0) logger.info('cleaned the metadata log', { removed, logStartOffset: log.logStartOffset });
  }
}
