import {
  failure,
  NO_EPOCH,
  NO_OFFSET,
  NO_PRODUCER_ID,
  success,
  type Offset,
  type ProducerId,
  type Result,
  type TimestampMs,
} from '@milena/model';
import type { BatchHeader } from '@milena/record-batch';

/** How many batches of a producer are remembered, and so how many a client may have in flight (KIP-98, KAFKA-5494). */
export const PRODUCER_BATCHES_MAX = 5;

/** Sequence numbers run from 0 to this and wrap. */
const SEQUENCE_MAX = 0x7fffffff;
const NO_SEQUENCE = -1;

/** A batch in the log, as its producer numbered it. `offsetDelta` is its record count minus one. */
export interface ProducerBatch {
  readonly lastSequence: number;
  readonly lastOffset: Offset;
  readonly offsetDelta: number;
  readonly timestamp: TimestampMs;
}

/** What a partition knows about one producer; `batches` are of `epoch` only, oldest first, and may be empty. */
export interface ProducerEntry {
  readonly producerId: ProducerId;
  readonly epoch: number;
  readonly batches: readonly ProducerBatch[];
  readonly lastTimestamp: TimestampMs;
  readonly coordinatorEpoch: number;
  /** First offset of the open transaction; -1 when none is open. */
  readonly currentTxnFirstOffset: Offset;
}

/** Verdict on a batch: append it, or answer with the offsets that its first copy got. */
export type ProducerVerdict =
  | { readonly kind: 'append' }
  | {
      readonly kind: 'duplicate';
      readonly firstOffset: Offset;
      readonly lastOffset: Offset;
      readonly timestamp: TimestampMs;
    };

const APPEND: Result<ProducerVerdict> = success({ kind: 'append' });

/** `sequence` moved forward by `count`, wrapping after 2^31 - 1. */
export function addSequence(sequence: number, count: number): number {
  return sequence > SEQUENCE_MAX - count ? count - (SEQUENCE_MAX - sequence) - 1 : sequence + count;
}

function firstSequence({ lastSequence, offsetDelta }: ProducerBatch): number {
  return lastSequence < offsetDelta ? SEQUENCE_MAX - (offsetDelta - lastSequence) + 1 : lastSequence - offsetDelta;
}

/**
 * Idempotence of one partition (KIP-98): the last five batches of every producer. `check` judges a batch before a leader
 * appends it, `update` takes in a batch that is in the log. At most `producersMax` producers are kept; beyond that the one
 * silent for longest is forgotten, as if it had expired.
 */
export class ProducerState {
  /** Least recently updated first. */
  readonly #producers = new Map<ProducerId, ProducerEntry>();

  constructor(private readonly producersMax = 100_000) {}

  get size(): number {
    return this.#producers.size;
  }

  /** Every producer known, least recently active first. */
  entries(): Iterable<ProducerEntry> {
    return this.#producers.values();
  }

  entry(producerId: ProducerId): ProducerEntry | undefined {
    return this.#producers.get(producerId);
  }

  /**
   * Whether the batch may be appended. Its offsets are not looked at. Batches without producer id always may; of an unknown
   * producer any sequence is taken, because its state may have expired. Failures: INVALID_PRODUCER_EPOCH for an older epoch,
   * OUT_OF_ORDER_SEQUENCE_NUMBER for a gap or a new epoch that does not begin at 0.
   */
  check(header: BatchHeader): Result<ProducerVerdict> {
    if (header.producerId === NO_PRODUCER_ID || header.isControl) return APPEND;
    const entry = this.#producers.get(header.producerId);
    if (entry === undefined || entry.epoch === NO_EPOCH) return APPEND;
    const { producerEpoch, baseSequence } = header;
    if (producerEpoch < entry.epoch) {
      return failure(
        'INVALID_PRODUCER_EPOCH',
        `producer ${header.producerId} is at epoch ${entry.epoch}, the batch at ${producerEpoch}`,
      );
    }
    if (producerEpoch > entry.epoch) {
      if (baseSequence === 0) return APPEND;
      return failure(
        'OUT_OF_ORDER_SEQUENCE_NUMBER',
        `epoch ${producerEpoch} of producer ${header.producerId} begins with sequence ${baseSequence}`,
      );
    }
    const duplicate = findDuplicate(entry, header);
    if (duplicate !== undefined) {
      const { lastOffset, offsetDelta, timestamp } = duplicate;
      return success({ kind: 'duplicate', firstOffset: (lastOffset - offsetDelta) as Offset, lastOffset, timestamp });
    }
    const last = entry.batches.at(-1)?.lastSequence ?? NO_SEQUENCE;
    const expected = last === NO_SEQUENCE ? 0 : addSequence(last, 1);
    if (baseSequence === expected) return APPEND;
    return failure(
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
      `producer ${header.producerId} sent sequence ${baseSequence}, expected ${expected}`,
    );
  }

  /** Takes in a batch of the log, its offsets final; judges nothing, since the leader has. */
  update(header: BatchHeader): void {
    if (header.producerId === NO_PRODUCER_ID || header.isControl) return;
    const { producerId, producerEpoch, lastOffset, lastOffsetDelta, maxTimestamp } = header;
    const known = this.#producers.get(producerId);
    const batch: ProducerBatch = {
      lastSequence: addSequence(header.baseSequence, lastOffsetDelta),
      lastOffset,
      offsetDelta: lastOffsetDelta,
      timestamp: maxTimestamp,
    };
    const earlier = known?.epoch === producerEpoch ? known.batches : [];
    this.#put({
      producerId,
      epoch: producerEpoch,
      batches: [...earlier.slice(1 - PRODUCER_BATCHES_MAX), batch],
      lastTimestamp: maxTimestamp,
      coordinatorEpoch: known?.coordinatorEpoch ?? NO_EPOCH,
      currentTxnFirstOffset: known?.currentTxnFirstOffset ?? NO_OFFSET,
    });
  }

  /** Forgets producers without an open transaction whose last batch is `maxAgeMs` old or older; the number forgotten. */
  expire(now: TimestampMs, maxAgeMs: number): number {
    const before = this.#producers.size;
    for (const entry of this.#producers.values()) {
      const idle = entry.currentTxnFirstOffset === NO_OFFSET && now - entry.lastTimestamp >= maxAgeMs;
      if (idle) this.#producers.delete(entry.producerId);
    }
    return before - this.#producers.size;
  }

  /** Replaces everything, e.g. by the entries of a snapshot. */
  restore(entries: Iterable<ProducerEntry>): void {
    this.#producers.clear();
    for (const entry of entries) this.#put(entry);
  }

  #put(entry: ProducerEntry): void {
    this.#producers.delete(entry.producerId);
    this.#producers.set(entry.producerId, entry);
    if (this.#producers.size <= this.producersMax) return;
    const [oldest] = this.#producers.keys();
    if (oldest !== undefined) this.#producers.delete(oldest);
  }
}

function findDuplicate(entry: ProducerEntry, header: BatchHeader): ProducerBatch | undefined {
  const last = addSequence(header.baseSequence, header.lastOffsetDelta);
  return entry.batches.find((batch) => batch.lastSequence === last && firstSequence(batch) === header.baseSequence);
}
