import type { Timer, Timers } from '../timers';

/**
 * Timers of a machine that can be stopped and woken, as by SIGSTOP and SIGCONT: what comes due meanwhile fires in a burst
 * when it wakes, in its order, one event each.
 */
export interface PausableTimers {
  readonly timers: Timers;
  readonly isPaused: boolean;
  pause(): void;
  resume(): void;
}

/** Makes some that run. */
export function createPausableTimers(timers: Timers): PausableTimers {
  let paused = false;
  let due: (() => void)[] = [];
  return {
    get isPaused() {
      return paused;
    },
    timers: {
      after(delayMs, run): Timer {
        let cancelled = false;
        const fire = (): void => {
          if (cancelled) return;
          if (paused) due.push(fire);
          else run();
        };
        const timer = timers.after(delayMs, fire);
        return {
          cancel() {
            cancelled = true;
            timer.cancel();
          },
        };
      },
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      const burst = due;
      due = [];
      for (const fire of burst) timers.after(0, fire);
    },
  };
}
