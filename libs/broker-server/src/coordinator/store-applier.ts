import { GroupsImage } from '@milena/coordinator';
import { minOffset, ZERO_OFFSET, type Offset } from '@milena/model';
import type { Logger, Timer, Timers } from '@milena/platform';
import type { Partition } from '../partition';
import type { AppliedUpTo, CoordinatorStore } from './coordinator-store';
import { decodeGroups } from './decode-groups';
import { readRecordChunk } from './record-chunk';

/** Committed records are taken in together after this time. */
const GATHER_MS = 50;

/** What an applier is made from. */
export interface StoreApplierOptions {
  readonly partition: Partition;
  readonly store: CoordinatorStore;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Settles when a former replica of the same partition has left the store. */
  readonly after: Promise<void>;
}

/** Groups as of an offset. */
export interface LoadedGroups {
  readonly image: GroupsImage;
  /** The records from here on are not contained. */
  readonly nextOffset: Offset;
}

/**
 * Takes the committed records of one partition into the broker's store, on leader and followers alike, so that whoever leads
 * next need not read the whole log. One thing at a time; a store that is not there or does not fit the log only costs time.
 */
export class StoreApplier {
  #work: Promise<void>;
  #timer: Timer | undefined;
  #applied: AppliedUpTo | undefined;
  #isClosed = false;

  constructor(private readonly options: StoreApplierOptions) {
    this.#work = options.after;
  }

  /** The high watermark moved. */
  committed(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    this.#timer = this.options.timers.after(GATHER_MS, () => {
      this.#timer = undefined;
      void this.#inTurn(() => this.#apply());
    });
  }

  /** The groups as the store has them; nothing when it has none, or none that fit the log. */
  async load(): Promise<LoadedGroups> {
    let loaded: LoadedGroups = { image: GroupsImage.empty, nextOffset: ZERO_OFFSET };
    await this.#inTurn(async () => {
      loaded = (await this.#read()) ?? loaded;
    });
    return loaded;
  }

  /** The broker has no replica of the partition any more. */
  async forget(): Promise<void> {
    this.#stop();
    await this.#inTurn(async () => {
      await this.options.store.forget(this.#index);
    });
  }

  /** Ends; resolves when nothing is under way any more. */
  close(): Promise<void> {
    this.#stop();
    return this.#work;
  }

  #stop(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  get #index(): number {
    return this.options.partition.topicPartition.partition;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work);
    return this.#work;
  }

  async #apply(): Promise<void> {
    const { partition, store, logger } = this.options;
    let from = await this.#position();
    while (from !== undefined && !this.#isClosed) {
      const upTo = minOffset(partition.highWatermark, partition.log.logEndOffset);
      if (from >= upTo) return;
      const chunk = readRecordChunk(partition.log, { from, upTo });
      if (!chunk.ok) {
        logger.error('groups were not taken into the store', { partition: this.#index, error: chunk.error.message });
        return;
      }
      const { records, nextOffset, lastEpoch } = chunk.value;
      if (nextOffset <= from) return;
      const applied = { topicId: partition.topicId, nextOffset, epoch: lastEpoch };
      const isDone = await store.apply(this.#index, records, applied);
      this.#applied = isDone ? applied : undefined;
      from = isDone ? nextOffset : undefined;
    }
  }

  /** Where to go on; undefined while there is no store. What does not fit the log is forgotten. */
  async #position(): Promise<Offset | undefined> {
    const { partition, store, logger } = this.options;
    const applied = this.#applied ?? (await store.applied(this.#index));
    if (applied === undefined) return undefined;
    if (applied !== 'none' && isPartOf(partition, applied)) return applied.nextOffset;
    if (applied !== 'none') {
      logger.info('what is kept of a partition is not its log any more', { partition: this.#index, ...applied });
    }
    this.#applied = undefined;
    // Also without a mark: what a former replica left may not be gone yet, and would be taken for this one's.
    return (await store.forget(this.#index)) ? ZERO_OFFSET : undefined;
  }

  async #read(): Promise<LoadedGroups | undefined> {
    const { store, logger } = this.options;
    const nextOffset = await this.#position();
    if (nextOffset === undefined || nextOffset === ZERO_OFFSET) return undefined;
    let image = GroupsImage.empty;
    let after: Buffer | undefined;
    for (;;) {
      const page = await store.page(this.#index, after);
      if (page === undefined) return undefined;
      const last = page.at(-1);
      if (last === undefined) return { image, nextOffset };
      image = image.replay(decodeGroups(page, logger));
      after = last.key;
    }
  }
}

/** Whether what was applied is the beginning of the log as it is now: it may have been cut, or begun anew, since. */
function isPartOf({ log, topicId }: Partition, { nextOffset, epoch, topicId: appliedId }: AppliedUpTo): boolean {
  if (appliedId !== topicId || nextOffset > log.logEndOffset) return false;
  return log.epochAt((nextOffset - 1) as Offset) === epoch;
}
