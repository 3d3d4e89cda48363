import type { Timer, Timers } from '@milena/platform';

/** Bounds of the wait. */
export interface ElectionWaitOptions {
  readonly timers: Timers;
  /** Longest wait of one request, milliseconds. */
  readonly maxMs: number;
  /** Most requests that wait; who comes then does not. */
  readonly maxWaiting: number;
}

/**
 * Where requests wait while it is open who leads the metadata log: an election takes some milliseconds, and a caller that is
 * refused meanwhile would ask again, of the very processors that the election needs, or only after its own long pause.
 */
export class ElectionWait {
  readonly #waiting = new Set<() => void>();
  #isOpen = false;

  constructor(private readonly options: ElectionWaitOptions) {}

  /** Whether it is open from now on who leads. When that is settled, whoever waits goes on, in the order they came. */
  set(isOpen: boolean): void {
    this.#isOpen = isOpen;
    if (isOpen) return;
    for (const goOn of this.#waiting) goOn();
  }

  /** Resolves when it is settled who leads, or the longest wait is over; undefined when there is nothing to wait for. */
  over(): Promise<void> | undefined {
    const { timers, maxMs, maxWaiting } = this.options;
    if (!this.#isOpen || this.#waiting.size >= maxWaiting) return undefined;
    return new Promise((resolve) => {
      const goOn = (): void => {
        timer.cancel();
        this.#waiting.delete(goOn);
        resolve();
      };
      const timer: Timer = timers.after(maxMs, goOn);
      this.#waiting.add(goOn);
    });
  }
}
