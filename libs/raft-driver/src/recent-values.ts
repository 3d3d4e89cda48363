import type { Clock } from '@milena/platform';

/** Kafka's default metrics.sample.window.ms; values count for one to two windows. */
const WINDOW_MS = 30_000;

interface Window {
  startMs: number;
  count: number;
  sum: number;
  max: number;
}

/** Values of the last half to whole minute: how many a second, their mean and their maximum. */
export class RecentValues {
  #current: Window;
  #former: Window;

  constructor(private readonly clock: Clock) {
    this.#current = emptyWindow(clock.monotonicMs());
    this.#former = this.#current;
  }

  record(value: number, count = 1): void {
    this.#turn();
    this.#current.count += count;
    this.#current.sum += value;
    this.#current.max = Math.max(this.#current.max, value);
  }

  perSecond(): number {
    const nowMs = this.#turn();
    const seconds = (nowMs - this.#former.startMs) / 1000;
    return seconds > 0 ? this.#both(({ count }) => count) / seconds : 0;
  }

  mean(): number {
    this.#turn();
    const count = this.#both((window) => window.count);
    return count === 0 ? 0 : this.#both(({ sum }) => sum) / count;
  }

  max(): number {
    this.#turn();
    return Math.max(this.#current.max, this.#former.max);
  }

  #both(read: (window: Window) => number): number {
    return this.#current === this.#former ? read(this.#current) : read(this.#current) + read(this.#former);
  }

  #turn(): number {
    const nowMs = this.clock.monotonicMs();
    const age = nowMs - this.#current.startMs;
    if (age >= WINDOW_MS) {
      // After a long silence the former window is as empty as the new one.
      this.#former = age < 2 * WINDOW_MS ? this.#current : emptyWindow(nowMs - WINDOW_MS);
      this.#current = emptyWindow(nowMs);
    }
    return nowMs;
  }
}

function emptyWindow(startMs: number): Window {
  return { startMs, count: 0, sum: 0, max: 0 };
}
