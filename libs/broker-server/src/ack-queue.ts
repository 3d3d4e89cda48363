import type { ErrorName, Offset } from '@milena/model';

/** Who is told when an offset is reached. */
export interface AckWaiter {
  /** Nothing is waited for any more: the answer has left. */
  readonly isAnswered: boolean;
  /** What waited as number `index` of this request is settled: well, or with an error. */
  settle(index: number, error: ErrorName | undefined): void;
}

interface Entry {
  readonly endOffset: Offset;
  readonly waiter: AckWaiter;
  readonly index: number;
}

/**
 * Produce requests of one partition that wait until an offset is reached, smallest offset first. A ring without promises
 * or timers: reaching an offset costs one comparison when nobody waits for it. Entries whose request was answered
 * otherwise are dropped when they come to the front.
 */
export class AckQueue {
  #entries: (Entry | undefined)[] = [];
  #head = 0;

  /** Entries that may still wait. */
  get size(): number {
    return this.#entries.length - this.#head;
  }

  /** `waiter` wants everything below `endOffset`. Appends come in order; only a repeated batch asks for less than the last. */
  add(endOffset: Offset, waiter: AckWaiter, index: number): void {
    const entries = this.#entries;
    let at = entries.length;
    while (at > this.#head && (entries[at - 1] as Entry).endOffset > endOffset) at -= 1;
    const entry = { endOffset, waiter, index };
    if (at === entries.length) entries.push(entry);
    else entries.splice(at, 0, entry);
  }

  /** Everything below `offset` is reached. */
  reached(offset: Offset): void {
    for (let entry = this.#first(); entry !== undefined && entry.endOffset <= offset; entry = this.#first()) {
      this.#drop();
      if (!entry.waiter.isAnswered) entry.waiter.settle(entry.index, undefined);
    }
  }

  /** Nobody's offset will be reached any more. */
  fail(error: ErrorName): void {
    for (let entry = this.#first(); entry !== undefined; entry = this.#first()) {
      this.#drop();
      if (!entry.waiter.isAnswered) entry.waiter.settle(entry.index, error);
    }
  }

  /** Drops answered requests from the front, so that they do not gather while nothing is reached. */
  prune(): void {
    while (this.#first()?.waiter.isAnswered === true) this.#drop();
  }

  #first(): Entry | undefined {
    return this.#entries[this.#head];
  }

  #drop(): void {
    this.#entries[this.#head++] = undefined;
    if (this.#head === this.#entries.length) {
      this.#entries = [];
      this.#head = 0;
    } else if (this.#head > 64 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }
}
