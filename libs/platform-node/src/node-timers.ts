import type { Timer, Timers } from '@milena/platform';

/** Longest delay that setTimeout takes; a longer one would fire at once. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/**
 * Timers of the event loop. A timer that has not fired keeps the process alive: whoever sets one cancels it when stopping,
 * and a process that does not exit shows who forgot. An infinite delay never fires and holds nothing.
 */
export const nodeTimers: Timers = {
  after(delayMs, run): Timer {
    if (delayMs === Infinity) return { cancel() {} };
    const dueMs = performance.now() + delayMs;
    let handle: NodeJS.Timeout;
    // setTimeout counts whole milliseconds and may fire a fraction early.
    const wait = (): void => {
      const leftMs = Math.min(Math.max(0, Math.ceil(dueMs - performance.now())), DELAY_MS_MAX);
      handle = setTimeout(() => (performance.now() < dueMs ? wait() : run()), leftMs);
    };
    wait();
    return { cancel: () => clearTimeout(handle) };
  },
};
