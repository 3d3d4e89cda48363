import { invariant, timestampMs } from '@milena/model';
import type { Clock } from '../clock';
import type { Timer, Timers } from '../timers';
import { EventHeap, type TimedEvent } from './event-heap';

/**
 * Time that passes only when told to. One event runs at a time: its function first, then every promise continuation that
 * became ready because of it, however long the chain; only then does the next event run. What happens between two events
 * thus depends on nothing but the program, and the same program runs the same way every time.
 *
 * For this to hold, code under virtual time may wait only for promises that an event settles (a timer of `timers`, or a
 * fake port built on them). A promise settled by a real timer, a file or a socket is not seen.
 */
export interface VirtualTime {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Milliseconds passed since the start; may have a fraction. */
  nowMs(): number;
  /** Count of timers that have not fired; cancelled ones count until their time has come. */
  pending(): number;
  /** Lets every promise continuation run that is ready. Time does not pass. */
  settle(): Promise<void>;
  /** Runs the next event and settles; false, and no time passes, when there is none. */
  step(): Promise<boolean>;
  /** Lets `ms` pass: runs all events due by then, those they cause included. Rejects with what an event throws. */
  advance(ms: number): Promise<void>;
  /** Steps until `condition` holds, looked at after each event; false when it does not within `withinMs`. */
  runUntil(condition: () => boolean, withinMs?: number): Promise<boolean>;
  /** Steps until `promise` settles and returns its value; throws when it does not settle within `withinMs`. */
  resolve<T>(promise: Promise<T>, withinMs?: number): Promise<T>;
}

/** Start of virtual wall time when none is given: 2026-01-01 UTC. */
const DEFAULT_START_MS = 1_767_225_600_000;
const DEFAULT_PATIENCE_MS = 600_000;
/** A delay lost in rounding would let no time pass: whoever waits for a deadline would look again for ever. */
const LEAST_DELAY_MS = 0.001;

/**
 * Continues when no promise continuation is ready any more. Node runs the tick queue only when the microtask queue is
 * empty, so this is exact for chains of any length, and three times cheaper than a turn of the event loop.
 */
function microtasksDrained(): Promise<void> {
  // eslint-disable-next-line no-restricted-globals -- the only exact sign that the microtask queue is empty
  return new Promise((resolve) => process.nextTick(resolve));
}

class HeapTime implements VirtualTime {
  readonly #heap = new EventHeap();
  readonly #startMs: number;
  #nowMs = 0;
  #sequence = 0;
  #running = false;

  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  readonly clock: Clock = {
    wallMs: () => timestampMs(this.#startMs + Math.floor(this.#nowMs)),
    monotonicMs: () => this.#nowMs,
  };

  readonly timers: Timers = {
    after: (delayMs, run): Timer => {
      invariant(!Number.isNaN(delayMs), 'a delay is a number');
      const delay = delayMs > 0 ? Math.max(delayMs, LEAST_DELAY_MS) : 0;
      const event: TimedEvent = { atMs: this.#nowMs + delay, sequence: this.#sequence++, run };
      if (event.atMs < Infinity) this.#heap.push(event);
      return { cancel: () => void (event.run = undefined) };
    },
  };

  nowMs(): number {
    return this.#nowMs;
  }

  pending(): number {
    return this.#heap.size;
  }

  settle(): Promise<void> {
    return microtasksDrained();
  }

  async step(): Promise<boolean> {
    return this.#exclusively(async () => {
      if (!this.#runNext(Infinity)) return false;
      await microtasksDrained();
      return true;
    });
  }

  async advance(ms: number): Promise<void> {
    await this.runUntil(() => false, ms);
  }

  async runUntil(condition: () => boolean, withinMs = DEFAULT_PATIENCE_MS): Promise<boolean> {
    return this.#exclusively(async () => {
      const untilMs = this.#nowMs + withinMs;
      await microtasksDrained();
      while (!condition()) {
        if (!this.#runNext(untilMs)) {
          if (untilMs < Infinity) this.#nowMs = untilMs;
          return false;
        }
        await microtasksDrained();
      }
      return true;
    });
  }

  async resolve<T>(promise: Promise<T>, withinMs?: number): Promise<T> {
    let settled = false;
    const mark = () => void (settled = true);
    promise.then(mark, mark);
    if (!(await this.runUntil(() => settled, withinMs))) throw new Error('the promise did not settle in virtual time');
    return promise;
  }

  /** Two runs at once would interleave their events and their results. */
  async #exclusively<T>(run: () => Promise<T>): Promise<T> {
    invariant(!this.#running, 'virtual time is already being run');
    this.#running = true;
    try {
      return await run();
    } finally {
      this.#running = false;
    }
  }

  /** Runs the next event that is due; false when there is none. What it makes ready has not run yet. */
  #runNext(untilMs: number): boolean {
    for (let next = this.#heap.peek(); next !== undefined && next.atMs <= untilMs; next = this.#heap.peek()) {
      this.#heap.pop();
      const { run } = next;
      if (run === undefined) continue;
      this.#nowMs = next.atMs;
      next.run = undefined;
      run();
      return true;
    }
    return false;
  }
}

/** Virtual time that stands at `startMs` of the wall clock (milliseconds since 1970 UTC). */
export function createVirtualTime({ startMs = DEFAULT_START_MS }: { readonly startMs?: number } = {}): VirtualTime {
  return new HeapTime(startMs);
}
