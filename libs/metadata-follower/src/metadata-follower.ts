import {
  createDelta,
  createSnapshotDelta,
  decodeMetadataRecord,
  emptyImage,
  encodeMetadataRecord,
  imageRecords,
  type MetadataDelta,
  type MetadataImage,
  type MetadataRecord,
  TransactionBuffer,
} from '@milena/metadata';
import { addOffset } from '@milena/model';
import type { Logger, Platform, Timer } from '@milena/platform';
import {
  applySpan,
  type CommittedBatch,
  type CommittedLeaderChange,
  type LeaderInfo,
  type MetadataLog,
  type MetadataLogListener,
  type MetadataSnapshot,
  type NewSnapshot,
  SnapshotGenerator,
  type SnapshotTriggers,
} from '@milena/raft-driver';

/** Callers that may wait for metadata at one time. */
const WAITERS_MAX = 10_000;

/** Where in the log an image stands: the last record it contains, or that of the snapshot it was loaded from. */
export type PublishedAt = Pick<CommittedBatch, 'lastOffset' | 'epoch' | 'timestamp'>;

/** What changed: the delta, the image that came of it, and the batch or snapshot that brought it (the last of several). */
export type MetadataPublisher = (delta: MetadataDelta, image: MetadataImage, at: PublishedAt) => void;

/** What a follower writes snapshots with. */
export interface SnapshotSettings {
  readonly metadataLog: Pick<MetadataLog, 'createSnapshot'>;
  readonly triggers: SnapshotTriggers;
  readonly logger: Logger;
}

/** What a metadata follower is made from. */
export interface MetadataFollowerOptions {
  readonly platform: Pick<Platform, 'clock' | 'timers' | 'tracer'>;
  readonly metadataLog: Pick<MetadataLog, 'subscribe'>;
  /**
   * Nothing is published before a record for which this is true; then everything up to it is published as one delta.
   * Without it every batch is published.
   */
  readonly publishFrom?: (record: MetadataRecord) => boolean;
  readonly publish: MetadataPublisher;
  /** When this node writes snapshots of what it published; without it, it never does. */
  readonly snapshots?: SnapshotSettings;
  /** Told of every change of leader; calls to the active controller need not listen, they ask the log themselves. */
  readonly onLeaderChange?: (leader: LeaderInfo) => void;
  /** Told of every change of leader that is in the log, in its place among what is published. */
  readonly onCommittedLeaderChange?: (change: CommittedLeaderChange) => void;
}

/** A committed batch with its records decoded. */
interface DecodedBatch extends Omit<CommittedBatch, 'records'> {
  readonly records: readonly MetadataRecord[];
}

interface Waiter {
  readonly isDue: () => boolean;
  readonly done: (reached: boolean) => void;
  readonly timer: Timer;
}

/**
 * Follows the metadata log without ever leading it: batches become deltas, deltas images, and every image is published. What
 * a metadata transaction wrote is published when it ends, as one delta, and not at all when it is aborted (KIP-868).
 * Taking in a batch that was traced makes the span `metadata apply` in the trace of the request that caused it.
 */
export class MetadataFollower implements MetadataLogListener {
  #image = emptyImage;
  /** Replayed but not yet published. */
  #backlog: MetadataDelta | undefined;
  #isCurrent: boolean;
  #isClosed = false;
  /** Everything before it was delivered, control records and what is in an open transaction included. */
  #deliveredEnd = 0;
  readonly #transactions = new TransactionBuffer<DecodedBatch>();
  readonly #waiters = new Set<Waiter>();
  readonly #generator: SnapshotGenerator | undefined;

  constructor(private readonly options: MetadataFollowerOptions) {
    this.#isCurrent = options.publishFrom === undefined;
    if (options.snapshots === undefined) return;
    const { logger, ...settings } = options.snapshots;
    this.#generator = new SnapshotGenerator({
      ...settings,
      platform: { ...options.platform, logger },
      snapshot: () => this.#newSnapshot(),
    });
  }

  /** Starts to follow; call once. */
  start(): void {
    this.options.metadataLog.subscribe(this);
  }

  /** The newest published image. */
  get image(): MetadataImage {
    return this.#image;
  }

  /**
   * Offset of the log up to which the newest image tells everything: what it does not hold of that are control records, and the
   * records of a metadata transaction that has not ended, which are of no effect yet. 0 before the first image.
   */
  get appliedEnd(): number {
    return this.#isCurrent ? this.#deliveredEnd : 0;
  }

  /** Resolves to whether `offset` was published within `timeoutMs`. */
  waitFor(offset: number, timeoutMs: number): Promise<boolean> {
    return this.#waitUntil(() => this.#image.provenance.offset >= offset, timeoutMs);
  }

  /** Resolves to whether `appliedEnd` has reached `end` within `timeoutMs`: for a read behind a read index. */
  waitForEnd(end: number, timeoutMs: number): Promise<boolean> {
    return this.#waitUntil(() => this.appliedEnd >= end, timeoutMs);
  }

  #waitUntil(isDue: () => boolean, timeoutMs: number): Promise<boolean> {
    if (isDue()) return Promise.resolve(true);
    if (timeoutMs <= 0 || this.#isClosed || this.#waiters.size >= WAITERS_MAX) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (reached: boolean): void => {
        waiter.timer.cancel();
        this.#waiters.delete(waiter);
        resolve(reached);
      };
      const timer = this.options.platform.timers.after(timeoutMs, () => done(false));
      const waiter: Waiter = { isDue, done, timer };
      this.#waiters.add(waiter);
    });
  }

  /** Publishes as one delta what the snapshot changes against the image before it, having read a batch at each step. */
  *onSnapshot(snapshot: MetadataSnapshot): Iterable<void> {
    if (this.#isClosed) return;
    const { clock } = this.options.platform;
    const beganMs = clock.monotonicMs();
    const { epoch, offset: end } = snapshot.id;
    const lastOffset = addOffset(end, -1);
    const delta = createSnapshotDelta(this.#image, { offset: lastOffset, epoch });
    this.#transactions.clear();
    for (const { records } of snapshot.batches()) {
      for (const value of records) delta.load(this.#seen(decodeMetadataRecord(value)));
      yield;
      if (this.#isClosed) return;
    }
    this.#take(delta, { lastOffset, epoch, timestamp: snapshot.timestamp });
    this.onDelivered(end);
    this.#generator?.onSnapshot();
    const tookMs = Math.round(clock.monotonicMs() - beganMs);
    this.options.snapshots?.logger.info('read a snapshot of the metadata', { offset: end, epoch, tookMs });
  }

  onCommitted(batch: CommittedBatch): void {
    if (this.#isClosed) return;
    const span = applySpan(this.options.platform, batch);
    const settled = this.#transactions.take({ ...batch, records: batch.records.map(decodeMetadataRecord) });
    if (settled.length > 0) {
      const delta = this.#backlog ?? createDelta(this.#image);
      for (const { records, baseOffset, epoch } of settled) {
        for (const [index, record] of records.entries()) {
          delta.replay(this.#seen(record), addOffset(baseOffset, index), epoch);
        }
      }
      this.#take(delta, batch);
    }
    this.onDelivered(addOffset(batch.lastOffset, 1));
    this.#generator?.onCommitted(batch);
    span?.end();
  }

  onCommittedLeaderChange(change: CommittedLeaderChange): void {
    if (this.#isClosed) return;
    this.options.onCommittedLeaderChange?.(change);
    this.onDelivered(addOffset(change.offset, 1));
  }

  onDelivered(end: number): void {
    this.#deliveredEnd = Math.max(this.#deliveredEnd, end);
    for (const waiter of [...this.#waiters]) if (waiter.isDue()) waiter.done(true);
  }

  onLeader(): void {
    // A follower only observes the log.
  }

  onResigned(): void {
    // A follower only observes the log.
  }

  onLeaderChange(leader: LeaderInfo): void {
    if (!this.#isClosed) this.options.onLeaderChange?.(leader);
  }

  /** Ends all waits; nothing is published any more. */
  close(): void {
    this.#isClosed = true;
    this.#generator?.close();
    for (const waiter of [...this.#waiters]) waiter.done(false);
  }

  #seen(record: MetadataRecord): MetadataRecord {
    this.#isCurrent ||= this.options.publishFrom?.(record) === true;
    return record;
  }

  #take(delta: MetadataDelta, at: PublishedAt): void {
    this.#backlog = this.#isCurrent ? undefined : delta;
    if (!this.#isCurrent) return;
    this.#image = delta.apply();
    this.options.publish(delta, this.#image, at);
  }

  /** Undefined while the published image is not all that was committed. */
  #newSnapshot(): NewSnapshot | undefined {
    if (this.#backlog !== undefined || this.#transactions.isOpen) return undefined;
    const { offset, epoch } = this.#image.provenance;
    return { id: { offset: addOffset(offset, 1), epoch }, records: encodedRecords(this.#image) };
  }
}

function* encodedRecords(image: MetadataImage): Generator<Uint8Array> {
  for (const record of imageRecords(image)) yield encodeMetadataRecord(record);
}
