import { invariant, NO_EPOCH, ZERO_OFFSET, type Offset } from '@milena/model';

/** `epoch` began at `startOffset`: the offset of its first record. */
export interface EpochEntry {
  readonly epoch: number;
  readonly startOffset: Offset;
}

/** Where an epoch ends: `epoch` is the largest known one at or below the epoch asked; both -1 when unknown. */
export interface EpochEndOffset {
  readonly epoch: number;
  readonly endOffset: number;
}

const UNKNOWN: EpochEndOffset = { epoch: NO_EPOCH, endOffset: -1 };

/**
 * Which leader epoch wrote which part of a log (KIP-101, KIP-279): entries rise strictly in epoch and in start offset.
 * In memory only; whoever owns the log writes `entries` to leader-epoch-checkpoint when a change is reported.
 */
export class LeaderEpochCache {
  #entries: EpochEntry[] = [];

  /** Entries that break the order (a damaged file) lose against later ones. */
  constructor(entries: readonly EpochEntry[] = []) {
    for (const { epoch, startOffset } of entries) this.assign(epoch, startOffset);
  }

  get entries(): readonly EpochEntry[] {
    return this.#entries;
  }

  /** The newest epoch; -1 when the cache is empty. */
  get latestEpoch(): number {
    return this.#entries.at(-1)?.epoch ?? NO_EPOCH;
  }

  /**
   * Notes that `epoch` begins at `startOffset`. An entry with the same or a later epoch or start contradicts it and is
   * removed; a later start of the latest epoch says nothing new. True when the cache changed.
   */
  assign(epoch: number, startOffset: Offset): boolean {
    invariant(epoch >= 0, 'a leader epoch is 0 or more', { epoch });
    const latest = this.#entries.at(-1);
    if (latest !== undefined && latest.epoch === epoch && startOffset >= latest.startOffset) return false;
    this.#entries = this.#entries.filter((entry) => entry.epoch < epoch && entry.startOffset < startOffset);
    this.#entries.push({ epoch, startOffset });
    return true;
  }

  /** The answer to OffsetForLeaderEpoch for a log that ends at `logEndOffset`. */
  endOffsetFor(epoch: number, logEndOffset: Offset): EpochEndOffset {
    if (epoch < 0) return UNKNOWN;
    if (epoch === this.latestEpoch) return { epoch, endOffset: logEndOffset };
    const higherIndex = this.#firstIndex((entry) => entry.epoch > epoch);
    const higher = this.#entries[higherIndex];
    if (higher === undefined) return UNKNOWN;
    const floor = this.#entries[higherIndex - 1];
    return { epoch: floor === undefined ? epoch : floor.epoch, endOffset: higher.startOffset };
  }

  /** Epoch of the record at `at`; -1 when it lies before every entry. */
  epochAt(at: Offset): number {
    const laterIndex = this.#firstIndex((entry) => entry.startOffset > at);
    return this.#entries[laterIndex - 1]?.epoch ?? NO_EPOCH;
  }

  /** Drops the epochs that begin at or after `end`, the new end of the log. True when the cache changed. */
  truncateFromEnd(end: Offset): boolean {
    const kept = this.#firstIndex((entry) => entry.startOffset >= end);
    if (kept === this.#entries.length) return false;
    this.#entries.length = kept;
    return true;
  }

  /** Drops the epochs that end before `start`, the new start of the log; the one that spans it begins there now. */
  truncateFromStart(start: Offset): boolean {
    const kept = this.#firstIndex((entry) => entry.startOffset > start);
    const spanning = this.#entries[kept - 1];
    if (spanning === undefined || (kept === 1 && spanning.startOffset === start)) return false;
    this.#entries = [{ epoch: spanning.epoch, startOffset: start }, ...this.#entries.slice(kept)];
    return true;
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries = [];
  }

  /** Index of the first entry that fits, by binary search; the count when none does. */
  #firstIndex(fits: (entry: EpochEntry) => boolean): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (fits(this.#entries[middle] ?? { epoch: NO_EPOCH, startOffset: ZERO_OFFSET })) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
