import type { Clock, Timer, Timers } from '@milena/platform';

/** One timer for a deadline that moves often. */
export interface TickTimer {
  /** Runs the function at `atMs` of the monotonic clock instead of whenever was set before; undefined: never. */
  set(atMs: number | undefined): void;
  cancel(): void;
}

/**
 * Makes one that is not set. A deadline that moves back leaves the armed timer alone, which then re-arms itself: a busy
 * log moves its deadline with every message and seldom reaches it.
 */
export function createTickTimer(
  platform: { readonly clock: Clock; readonly timers: Timers },
  run: () => void,
): TickTimer {
  const { clock, timers } = platform;
  let deadlineMs: number | undefined;
  let armed: { readonly atMs: number; readonly timer: Timer } | undefined;

  function arm(atMs: number): void {
    armed?.timer.cancel();
    armed = { atMs, timer: timers.after(Math.max(0, atMs - clock.monotonicMs()), fire) };
  }

  function fire(): void {
    armed = undefined;
    if (deadlineMs === undefined) return;
    if (clock.monotonicMs() < deadlineMs) return arm(deadlineMs);
    deadlineMs = undefined;
    run();
  }

  return {
    set(atMs) {
      deadlineMs = atMs;
      if (atMs !== undefined && (armed === undefined || atMs < armed.atMs)) arm(atMs);
    },
    cancel() {
      deadlineMs = undefined;
      armed?.timer.cancel();
      armed = undefined;
    },
  };
}
