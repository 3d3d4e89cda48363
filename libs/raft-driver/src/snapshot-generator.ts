import { addOffset, type OffsetAndEpoch } from '@milena/model';
import type { Clock, Logger, Timer, Timers } from '@milena/platform';
import type { CommittedBatch, MetadataLog, MetadataSnapshot } from './metadata-log';

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
  /**
   * The record values of everything taken in so far, made as they are asked for, from a value that later batches do not
   * change. Undefined while there is no such value, in the middle of a metadata transaction above all.
   */
  readonly records: () => Iterable<Uint8Array> | undefined;
  /** Called when making the records failed: the state cannot be trusted. */
  readonly onFatal: (error: unknown) => void;
}

/**
 * Decides when this node writes a snapshot of its own, and has it written. Every node does so for itself, from its own
 * image; at most one is under way, and a failure waits for the next trigger. Tell it of each batch after taking it in.
 */
export class SnapshotGenerator {
  #end: OffsetAndEpoch | undefined;
  #recordBytes = 0;
  #lastMs: number;
  #timer: Timer | undefined;
  #isBusy = false;
  #isClosed = false;

  constructor(private readonly options: SnapshotGeneratorOptions) {
    this.#lastMs = options.platform.clock.monotonicMs();
  }

  /** A snapshot was loaded: what it stands for needs no other. */
  onSnapshot(_snapshot: MetadataSnapshot): void {
    this.#restart();
  }

  onCommitted({ lastOffset, epoch, records }: Pick<CommittedBatch, 'lastOffset' | 'epoch' | 'records'>): void {
    this.#end = { offset: addOffset(lastOffset, 1), epoch };
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
    this.#end = undefined;
    this.#recordBytes = 0;
    this.#lastMs = this.options.platform.clock.monotonicMs();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #generate(why: 'bytes' | 'time'): void {
    const id = this.#end;
    if (id === undefined || this.#isBusy || this.#isClosed) return;
    const records = this.options.records();
    // In the middle of a transaction: the batch that ends it comes soon.
    if (records === undefined) return why === 'time' ? this.#armTimer() : undefined;
    this.#restart();
    this.#isBusy = true;
    this.#write(id, records, why)
      .catch(this.options.onFatal)
      .finally(() => (this.#isBusy = false));
  }

  async #write(id: OffsetAndEpoch, records: Iterable<Uint8Array>, why: 'bytes' | 'time'): Promise<void> {
    const { logger, clock } = this.options.platform;
    const beganMs = clock.monotonicMs();
    const written = await this.options.metadataLog.createSnapshot(id, records);
    const facts = { offset: id.offset, epoch: id.epoch, why, tookMs: Math.round(clock.monotonicMs() - beganMs) };
    if (written.ok) logger.info('wrote a snapshot of the metadata', facts);
    else logger.warn('a snapshot of the metadata was not written', { ...facts, cause: written.error.message });
  }
}
