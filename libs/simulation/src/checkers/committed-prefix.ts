import { crc32c } from '@milena/bytes';
import type { CommittedBatch } from '@milena/raft-driver';
import type { World } from '../world';

interface Committed {
  readonly lastOffset: number;
  readonly epoch: number;
  readonly digest: number;
}

/**
 * R4, R5, R11: what one node was told is committed, every node is told, at the same offsets, for ever. Each life of a node
 * is told from the log start again.
 */
export class CommittedPrefix {
  /** By base offset, in the order first delivered. */
  readonly #batches = new Map<number, Committed>();

  #last: Committed | undefined;

  constructor(
    private readonly world: World,
    /** Told of each batch when the first node is given it. */
    private readonly onFirst: (batch: CommittedBatch) => void = () => undefined,
  ) {}

  /** The newest batch that any node was given. */
  get last(): { readonly lastOffset: number; readonly epoch: number } | undefined {
    return this.#last;
  }

  /** Follows one life of a node. */
  follow(node: string): { loadedUpTo(endOffset: number): void; deliver(batch: CommittedBatch): void } {
    let next = 0;
    const expected = this.#batches;
    return {
      loadedUpTo: (endOffset) => {
        if (endOffset < next) this.world.violated('R5 order', `${node} loaded a snapshot of ${endOffset} at ${next}`);
        next = endOffset;
      },
      deliver: (batch) => {
        const { baseOffset, lastOffset, epoch, records } = batch;
        if (baseOffset < next) this.world.violated('R5 order', `${node} was given offset ${baseOffset} after ${next}`);
        for (const [missing] of this.#between(next, baseOffset)) {
          this.world.violated('R4 committed prefix', `${node} was not given ${missing}, but ${baseOffset} after it`);
        }
        next = lastOffset + 1;
        const seen: Committed = { lastOffset, epoch, digest: digestOf(records) };
        const before = expected.get(baseOffset);
        if (before === undefined) {
          expected.set(baseOffset, seen);
          this.#last = seen;
          this.onFirst(batch);
          return;
        }
        if (before.lastOffset !== lastOffset || before.epoch !== epoch || before.digest !== seen.digest) {
          const [was, is] = [JSON.stringify(before), JSON.stringify(seen)];
          this.world.violated('R4 committed prefix', `${node} was given ${is} at ${baseOffset}, another node ${was}`);
        }
      },
    };
  }

  /** Committed batches that begin in [from, to). */
  *#between(from: number, to: number): Iterable<[number, Committed]> {
    if (to === from) return;
    for (const entry of this.#batches) if (entry[0] >= from && entry[0] < to) yield entry;
  }

  /** End of the last batch anybody was given. */
  get endOffset(): number {
    let end = 0;
    for (const { lastOffset } of this.#batches.values()) end = Math.max(end, lastOffset + 1);
    return end;
  }

  get size(): number {
    return this.#batches.size;
  }
}

function digestOf(records: readonly Buffer[]): number {
  let digest = records.length;
  for (const record of records) digest = Math.imul(digest ^ crc32c(record), 0x01000193) >>> 0;
  return digest;
}
