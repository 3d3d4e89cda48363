import type { OffsetAndEpoch } from '@milena/model';
import type { Clock, Logger, Timer, Timers } from '@milena/platform';
import type { CommittedBatch, MetadataLog } from './metadata-log';

/** When a node writes a snapshot (KIP-630). */
export interface SnapshotTriggers {
  /** `metadata.log.max.record.bytes.between.snapshots`: record bytes taken in since the last one. */
  readonly recordBytesMax: number;
  /** `metadata.log.max.snapshot.interval.ms`: time since the last one, if anything was taken in; 0 for never. */
  readonly intervalMs: number;
}

/** What a generator works with. */
export interface SnapshotGeneratorOptions {
  readonly platform: { readonly clock: Clock; readonly timers: Timers; readonly logger: Logger };
  readonly metadataLog: Pick<MetadataLog, 'createSnapshot'>;
  readonly triggers: SnapshotTriggers;
  /** What is to be written now; undefined while nothing can be, in the middle of a metadata transaction above all. */
  readonly snapshot: () => NewSnapshot | undefined;
}

/** A snapshot to be written. */
export interface NewSnapshot {
  /** Offset behind the last record it stands for, and that record's epoch. */
  readonly id: OffsetAndEpoch;
  /** Record values, made as they are asked for, from a value that later batches do not change. */
  readonly records: Iterable<Uint8Array>;
}

/** The triggers as a process is configured. */
export function snapshotTriggers(server: { number(key: SnapshotKey): number }): SnapshotTriggers {
  return {
    recordBytesMax: server.number('metadata.log.max.record.bytes.between.snapshots'),
    intervalMs: server.number('metadata.log.max.snapshot.interval.ms'),
  };
}

type SnapshotKey = 'metadata.log.max.record.bytes.between.snapshots' | 'metadata.log.max.snapshot.interval.ms';

/**
 * Decides when this node writes a snapshot of its own, and has it written. Every node does so for itself, from its own
 * image; at most one is under way, and a failure waits for the next trigger. Tell it of each batch after taking it in.
 */
export class SnapshotGenerator {
  #hasNews = false;
  #recordBytes = 0;
  #lastMs: number;
  #timer: Timer | undefined;
  #isBusy = false;
  #isClosed = false;

  constructor(private readonly options: SnapshotGeneratorOptions) {
    this.#lastMs = options.platform.clock.monotonicMs();
  }

  /** A snapshot was loaded: what it stands for needs no other. */
  onSnapshot(): void {
    this.#restart();
  }

  onCommitted({ records }: Pick<CommittedBatch, 'records'>): void {
    this.#hasNews = true;
    for (const record of records) this.#recordBytes += record.length;
    if (this.#recordBytes >= this.options.triggers.recordBytesMax) this.#generate('bytes');
    else this.#armTimer();
  }

  /** Writes nothing more; what is under way is the log's to end. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #armTimer(): void {
    const { platform, triggers } = this.options;
    if (this.#timer !== undefined || triggers.intervalMs === 0 || this.#isClosed) return;
    const dueMs = Math.max(0, this.#lastMs + triggers.intervalMs - platform.clock.monotonicMs());
    this.#timer = platform.timers.after(dueMs, () => {
      this.#timer = undefined;
      this.#generate('time');
    });
  }

  #restart(): void {
    this.#hasNews = false;
    this.#recordBytes = 0;
    this.#lastMs = this.options.platform.clock.monotonicMs();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #generate(why: 'bytes' | 'time'): void {
    if (!this.#hasNews || this.#isBusy || this.#isClosed) return;
    const snapshot = this.options.snapshot();
    if (snapshot === undefined) return;
    this.#restart();
    this.#isBusy = true;
    void this.#write(snapshot, why).finally(() => (this.#isBusy = false));
  }

  async #write({ id, records }: NewSnapshot, why: 'bytes' | 'time'): Promise<void> {
    const { logger, clock } = this.options.platform;
    const beganMs = clock.monotonicMs();
    const written = await this.options.metadataLog.createSnapshot(id, records);
    const facts = { offset: id.offset, epoch: id.epoch, why, tookMs: Math.round(clock.monotonicMs() - beganMs) };
    if (written.ok) logger.info('wrote a snapshot of the metadata', facts);
    else if (written.error.code === 'KAFKA_STORAGE_ERROR')
      logger.warn('no snapshot of the metadata was written', facts);
    // Another part of this process may have written it just before.
    else logger.debug('no snapshot of the metadata was written', { ...facts, cause: written.error.message });
  }
}
