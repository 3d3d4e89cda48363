import {
  createDelta,
  decodeMetadataRecord,
  emptyImage,
  type MetadataDelta,
  type MetadataImage,
} from '@milena/metadata';
import { addOffset, type Uuid } from '@milena/model';
import type { Timer, Timers } from '@milena/platform';
import type { CommittedBatch, MetadataLog, MetadataLogListener } from '@milena/raft-driver';

/** Callers that may wait for metadata at one time. */
const WAITERS_MAX = 10_000;

/** Gets every new image. */
export type MetadataPublisher = (delta: MetadataDelta, image: MetadataImage) => void;

/** What a metadata follower is made from. */
export interface MetadataFollowerOptions {
  readonly metadataLog: Pick<MetadataLog, 'subscribe'>;
  readonly timers: Timers;
  /** Drawn by this life of the broker for its registration. */
  readonly incarnationId: Uuid;
  readonly publish: MetadataPublisher;
}

interface Waiter {
  readonly offset: number;
  readonly done: (reached: boolean) => void;
  readonly timer: Timer;
}

/**
 * Follows the metadata log: batches become deltas, deltas images, and every image is published. Until the log has been
 * replayed up to this life's own registration, what it says is history and nothing is published: taking part in it would
 * mean to lead in epochs that are long over.
 */
export class MetadataFollower implements MetadataLogListener {
  #image = emptyImage;
  /** Replayed but not yet published; only while the log is being caught up with. */
  #backlog: MetadataDelta | undefined;
  #isCurrent = false;
  #isClosed = false;
  readonly #waiters = new Set<Waiter>();

  constructor(private readonly options: MetadataFollowerOptions) {}

  /** Starts to follow; call once. */
  start(): void {
    this.options.metadataLog.subscribe(this);
  }

  /** The newest published image. */
  get image(): MetadataImage {
    return this.#image;
  }

  /** Whether the log was replayed up to this life's own registration. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** Resolves to whether `offset` was published within `timeoutMs`. */
  waitFor(offset: number, timeoutMs: number): Promise<boolean> {
    if (this.#image.provenance.offset >= offset) return Promise.resolve(true);
    if (timeoutMs <= 0 || this.#waiters.size >= WAITERS_MAX) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (reached: boolean): void => {
        waiter.timer.cancel();
        this.#waiters.delete(waiter);
        resolve(reached);
      };
      const waiter: Waiter = { offset, done, timer: this.options.timers.after(timeoutMs, () => done(false)) };
      this.#waiters.add(waiter);
    });
  }

  onCommitted(batch: CommittedBatch): void {
    if (this.#isClosed) return;
    const delta = this.#backlog ?? createDelta(this.#image);
    for (const [index, value] of batch.records.entries()) {
      const record = decodeMetadataRecord(value);
      delta.replay(record, addOffset(batch.baseOffset, index), batch.epoch);
      this.#isCurrent ||= record.type === 'RegisterBrokerRecord' && record.incarnationId === this.options.incarnationId;
    }
    this.#backlog = this.#isCurrent ? undefined : delta;
    if (!this.#isCurrent) return;
    this.#image = delta.apply();
    this.options.publish(delta, this.#image);
    const { offset } = this.#image.provenance;
    for (const waiter of [...this.#waiters]) if (waiter.offset <= offset) waiter.done(true);
  }

  onLeader(): void {
    // A broker only observes the log.
  }

  onResigned(): void {
    // A broker only observes the log.
  }

  onLeaderChange(): void {
    // Calls to the active controller ask the log who leads when they are made.
  }

  /** Ends all waits; nothing is published any more. */
  close(): void {
    this.#isClosed = true;
    for (const waiter of [...this.#waiters]) waiter.done(false);
  }
}
