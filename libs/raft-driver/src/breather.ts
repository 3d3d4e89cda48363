import type { Clock, Timers } from '@milena/platform';

/** Longest a piece of background work keeps the process from everything else, milliseconds. */
const SLICE_MS = 2;
/** Steps after which a pause is due however fast they were; also how often work under virtual time pauses. */
const SLICE_STEPS_MAX = 2048;
/** Steps between two looks at the clock. */
const STEPS_PER_LOOK = 16;

/** Cuts long work into slices: ask `isDue` at each step, and when it is, wait for `pause`. */
export class Breather {
  #steps = 0;
  #sinceMs: number;

  constructor(private readonly platform: { readonly clock: Clock; readonly timers: Timers }) {
    this.#sinceMs = platform.clock.monotonicMs();
  }

  /** Counts one step of some microseconds; whether others should get their turn before the next. */
  isDue(): boolean {
    this.#steps += 1;
    if (this.#steps >= SLICE_STEPS_MAX) return true;
    if (this.#steps % STEPS_PER_LOOK !== 0) return false;
    return this.platform.clock.monotonicMs() - this.#sinceMs >= SLICE_MS;
  }

  /** Resolves after whatever else waited had its turn, and `restMs` are over. */
  pause(restMs = 0): Promise<void> {
    return new Promise((resolve) => {
      this.platform.timers.after(restMs, () => {
        this.#steps = 0;
        this.#sinceMs = this.platform.clock.monotonicMs();
        resolve();
      });
    });
  }
}
