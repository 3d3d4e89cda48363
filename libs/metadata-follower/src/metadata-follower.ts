import {
  createDelta,
  decodeMetadataRecord,
  emptyImage,
  type MetadataDelta,
  type MetadataImage,
  type MetadataRecord,
} from '@milena/metadata';
import { addOffset, type Offset } from '@milena/model';
import type { Platform, Timer } from '@milena/platform';
import {
  applySpan,
  type CommittedBatch,
  type CommittedLeaderChange,
  type LeaderInfo,
  type MetadataLog,
  type MetadataLogListener,
  type MetadataSnapshot,
} from '@milena/raft-driver';

/** Callers that may wait for metadata at one time. */
const WAITERS_MAX = 10_000;

/** Where in the log an image stands: the last record it contains, or that of the snapshot it was loaded from. */
export type PublishedAt = Pick<CommittedBatch, 'lastOffset' | 'epoch' | 'timestamp'>;

/** What changed: the delta, the image that came of it, and the batch or snapshot that brought it (the last of several). */
export type MetadataPublisher = (delta: MetadataDelta, image: MetadataImage, at: PublishedAt) => void;

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
  /** Told of every change of leader; calls to the active controller need not listen, they ask the log themselves. */
  readonly onLeaderChange?: (leader: LeaderInfo) => void;
  /** Told of every change of leader that is in the log, in its place among what is published. */
  readonly onCommittedLeaderChange?: (change: CommittedLeaderChange) => void;
}

interface Waiter {
  readonly offset: number;
  readonly done: (reached: boolean) => void;
  readonly timer: Timer;
}

/**
 * Follows the metadata log without ever leading it: batches become deltas, deltas images, and every image is published.
 * Taking in a batch that was traced makes the span `metadata apply` in the trace of the request that caused it.
 */
export class MetadataFollower implements MetadataLogListener {
  #image = emptyImage;
  /** Replayed but not yet published. */
  #backlog: MetadataDelta | undefined;
  #isCurrent: boolean;
  #isClosed = false;
  readonly #waiters = new Set<Waiter>();

  constructor(private readonly options: MetadataFollowerOptions) {
    this.#isCurrent = options.publishFrom === undefined;
  }

  /** Starts to follow; call once. */
  start(): void {
    this.options.metadataLog.subscribe(this);
  }

  /** The newest published image. */
  get image(): MetadataImage {
    return this.#image;
  }

  /** Resolves to whether `offset` was published within `timeoutMs`. */
  waitFor(offset: number, timeoutMs: number): Promise<boolean> {
    if (this.#image.provenance.offset >= offset) return Promise.resolve(true);
    if (timeoutMs <= 0 || this.#isClosed || this.#waiters.size >= WAITERS_MAX) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (reached: boolean): void => {
        waiter.timer.cancel();
        this.#waiters.delete(waiter);
        resolve(reached);
      };
      const timer = this.options.platform.timers.after(timeoutMs, () => done(false));
      const waiter: Waiter = { offset, done, timer };
      this.#waiters.add(waiter);
    });
  }

  /** Publishes as one delta what the snapshot changes against the image before it. */
  onSnapshot(snapshot: MetadataSnapshot): void {
    if (this.#isClosed) return;
    const { epoch, offset: end } = snapshot.id;
    const lastOffset = addOffset(end, -1);
    const delta = createDelta(emptyImage);
    for (const { records } of snapshot.batches()) {
      for (const value of records) this.#replay(delta, value, lastOffset, epoch);
    }
    this.#take(delta, { lastOffset, epoch, timestamp: snapshot.timestamp });
  }

  onCommitted(batch: CommittedBatch): void {
    if (this.#isClosed) return;
    const span = applySpan(this.options.platform, batch);
    const delta = this.#backlog ?? createDelta(this.#image);
    for (const [index, value] of batch.records.entries()) {
      this.#replay(delta, value, addOffset(batch.baseOffset, index), batch.epoch);
    }
    this.#take(delta, batch);
    span?.end();
  }

  onCommittedLeaderChange(change: CommittedLeaderChange): void {
    if (!this.#isClosed) this.options.onCommittedLeaderChange?.(change);
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
    for (const waiter of [...this.#waiters]) waiter.done(false);
  }

  #replay(delta: MetadataDelta, value: Buffer, at: Offset, epoch: number): void {
    const record = decodeMetadataRecord(value);
    delta.replay(record, at, epoch);
    this.#isCurrent ||= this.options.publishFrom?.(record) === true;
  }

  #take(delta: MetadataDelta, at: PublishedAt): void {
    this.#backlog = this.#isCurrent ? undefined : delta;
    if (!this.#isCurrent) return;
    this.#image = delta.apply();
    this.options.publish(delta, this.#image, at);
    this.#wakeWaiters();
  }

  #wakeWaiters(): void {
    const { offset } = this.#image.provenance;
    for (const waiter of [...this.#waiters]) if (waiter.offset <= offset) waiter.done(true);
  }
}
