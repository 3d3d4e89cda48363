import type { GroupsImage } from '@milena/coordinator';
import type { ErrorName, Offset } from '@milena/model';
import type { Partition } from '../partition';
import { ActiveCoordinator, type CoordinatorParts } from './active-coordinator';
import { decodeGroups } from './decode-groups';
import { readRecordChunk } from './record-chunk';
import { StoreApplier, type StoreApplierOptions } from './store-applier';

/** A leadership whose groups are being read. */
interface Loading {
  /** End of the log when the leadership began: everything below must be known, and committed, before anybody is answered. */
  readonly upTo: Offset;
  readonly startedMs: number;
  /** Set when everything is read: the groups, and up to where they came from the store. */
  read?: { readonly image: GroupsImage; readonly fromStoreUpTo: Offset };
}

/**
 * This broker's replica of one partition of `__consumer_offsets`. A follower takes what is committed into the store; a
 * leader reads the groups from the store and the rest of the log, then coordinates them until it leads no more.
 */
export class OffsetsPartition {
  readonly #applier: StoreApplier;
  /** The epoch in which this broker leads. */
  #leaderEpoch: number | undefined;
  #loading: Loading | undefined;
  #active: ActiveCoordinator | undefined;

  constructor(
    private readonly parts: CoordinatorParts,
    private readonly partition: Partition,
    options: Pick<StoreApplierOptions, 'store' | 'after'>,
  ) {
    const { timers, logger } = parts.platform;
    this.#applier = new StoreApplier({ ...options, partition, timers, logger });
  }

  /** The coordinator, or why there is none to ask. */
  get coordinator(): ActiveCoordinator | ErrorName {
    if (this.#active !== undefined) return this.#active;
    return this.#loading === undefined ? 'NOT_COORDINATOR' : 'COORDINATOR_LOAD_IN_PROGRESS';
  }

  /** The leader or its epoch may have changed. */
  roleChanged(): void {
    const { leaderState, leader } = this.partition;
    const before = this.#leaderEpoch;
    if (leaderState === undefined) return this.#unload();
    this.#leaderEpoch = leader.leaderEpoch;
    // A leader elected again has the log it had: the groups that it coordinates or loads are still those.
    if (before !== undefined) {
      if (before < leader.leaderEpoch) this.#active?.continueIn(leader.leaderEpoch);
      return;
    }
    const loading = { upTo: leaderState.epochStartOffset, startedMs: this.parts.platform.clock.monotonicMs() };
    this.#loading = loading;
    void this.#load(loading);
  }

  /** The high watermark moved. */
  committed(): void {
    this.#applier.committed();
    this.#active?.highWatermarkMoved();
    this.#activateIfReady();
  }

  /** The broker has no replica of it any more. */
  async removed(): Promise<void> {
    this.#unload();
    await this.#applier.forget();
  }

  async close(): Promise<void> {
    this.#unload();
    await this.#applier.close();
  }

  #unload(): void {
    const [active, leaderEpoch] = [this.#active, this.#leaderEpoch];
    this.#leaderEpoch = undefined;
    this.#loading = undefined;
    this.#active = undefined;
    if (active === undefined) return;
    active.close();
    this.#log('groups are coordinated elsewhere now', { leaderEpoch, groups: active.committed.size });
  }

  async #load(loading: Loading): Promise<void> {
    const { platform } = this.parts;
    const { log } = this.partition;
    const kept = await this.#applier.load();
    let { image, nextOffset } = kept;
    while (this.#loading === loading && nextOffset < loading.upTo) {
      const chunk = readRecordChunk(log, { from: nextOffset, upTo: loading.upTo });
      if (!chunk.ok || chunk.value.nextOffset <= nextOffset) {
        const error = chunk.ok ? 'the log ends early' : chunk.error.message;
        platform.logger.error('groups cannot be loaded', { partition: this.#index, error });
        return;
      }
      image = image.replay(decodeGroups(chunk.value.records, platform.logger));
      nextOffset = chunk.value.nextOffset;
      // A long log must not keep everybody else waiting.
      await new Promise<void>((resolve) => platform.timers.after(0, resolve));
    }
    if (this.#loading !== loading) return;
    loading.read = { image, fromStoreUpTo: kept.nextOffset };
    this.#activateIfReady();
  }

  /** What was read may be lost as long as it is not committed: nobody must be told of it before. */
  #activateIfReady(): void {
    const loading = this.#loading;
    const leaderEpoch = this.#leaderEpoch;
    if (loading?.read === undefined || leaderEpoch === undefined) return;
    if (this.partition.highWatermark < loading.upTo) return;
    const { image, fromStoreUpTo } = loading.read;
    this.#loading = undefined;
    this.#active = new ActiveCoordinator(this.parts, this.partition, image);
    this.#active.start(leaderEpoch);
    const tookMs = Math.round(this.parts.platform.clock.monotonicMs() - loading.startedMs);
    this.#log('groups are coordinated here now', { leaderEpoch, groups: image.size, fromStoreUpTo, tookMs });
  }

  get #index(): number {
    return this.partition.topicPartition.partition;
  }

  /** Dozens of partitions move at a time, most of them without groups: nobody needs to be told of those. */
  #log(message: string, facts: { readonly groups: number; readonly [fact: string]: unknown }): void {
    const { logger } = this.parts.platform;
    const line = { partition: this.#index, ...facts };
    if (facts.groups > 0) logger.info(message, line);
    else logger.debug(message, line);
  }
}
