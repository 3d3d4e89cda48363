import type { Clock, Timers } from '@milena/platform';
import { DeadlineWheel, NOT_WAITING, type Waiting } from './deadline-wheel';
import type { Partition } from './partition';

/** A fetch that waits for bytes. */
export interface ParkedFetch {
  /** Answers it now with what there is; undoes nothing when it was answered already. */
  answerNow(): void;
}

class Parked implements ParkedFetch, Waiting {
  slot = NOT_WAITING;
  isAnswered = false;

  constructor(
    readonly partitions: readonly Partition[],
    public missingBytes: number,
    readonly answer: () => void,
    private readonly done: (parked: Parked) => void,
  ) {}

  answerNow(): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    this.done(this);
    this.answer();
  }
}

/**
 * Long polls, of followers or of clients: each waits for bytes in any of its partitions, for a change of leader, or for
 * its deadline. Bounded; a poll that finds no room is answered at once.
 */
export class ParkedFetches {
  readonly #byPartition = new Map<Partition, Set<Parked>>();
  readonly #wheel: DeadlineWheel<Parked>;
  #due: Parked[] = [];
  #depth = 0;
  #size = 0;

  constructor(
    time: { readonly clock: Clock; readonly timers: Timers },
    private readonly max: number,
  ) {
    this.#wheel = new DeadlineWheel(time, (parked) => parked.answerNow());
  }

  get size(): number {
    return this.#size;
  }

  /** Parks until `missingBytes` have come or `waitMs` are over, then calls `answer` once. */
  park(
    partitions: readonly Partition[],
    wait: { readonly missingBytes: number; readonly waitMs: number },
    answer: () => void,
  ): ParkedFetch {
    const parked = new Parked(partitions, wait.missingBytes, answer, (answered) => this.#forget(answered));
    this.#size += 1;
    for (const partition of partitions) {
      const waiting = this.#byPartition.get(partition);
      if (waiting === undefined) this.#byPartition.set(partition, new Set([parked]));
      else waiting.add(parked);
    }
    this.#wheel.add(parked, wait.waitMs);
    if (this.#size > this.max) parked.answerNow();
    return parked;
  }

  /** About `bytes` more can be read from `partition`. */
  grew(partition: Partition, bytes: number): void {
    for (const parked of this.#byPartition.get(partition) ?? []) {
      parked.missingBytes -= bytes;
      if (parked.missingBytes <= 0) this.#due.push(parked);
    }
    this.#answerDue();
  }

  /** Whoever waits for `partition` must look again. */
  changed(partition: Partition): void {
    for (const parked of this.#byPartition.get(partition) ?? []) this.#due.push(parked);
    this.#answerDue();
  }

  /** Runs `work` and answers only afterwards, so that one answer carries all that one request brought. */
  together<T>(work: () => T): T {
    this.#depth += 1;
    try {
      return work();
    } finally {
      this.#depth -= 1;
      this.#answerDue();
    }
  }

  /** Answers everything that waits and stops the timer. */
  close(): void {
    const waiting = new Set([...this.#byPartition.values()].flatMap((parked) => [...parked]));
    for (const parked of waiting) parked.answerNow();
    this.#wheel.close();
  }

  #answerDue(): void {
    if (this.#depth > 0 || this.#due.length === 0) return;
    const due = this.#due;
    this.#due = [];
    for (const parked of due) parked.answerNow();
  }

  #forget(parked: Parked): void {
    this.#size -= 1;
    this.#wheel.remove(parked);
    for (const partition of parked.partitions) {
      const waiting = this.#byPartition.get(partition);
      waiting?.delete(parked);
      if (waiting?.size === 0) this.#byPartition.delete(partition);
    }
  }
}
