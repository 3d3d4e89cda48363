import { timestampMs } from '@milena/model';
import type { Clock } from '../clock';
import type { Timer, Timers } from '../timers';

/** Clock and timers of one simulated process on top of shared time. */
export interface ProcessTime {
  readonly clock: Clock;
  readonly timers: Timers;
  /** The process is gone: none of its timers fires any more, nor can it set new ones. */
  end(): void;
}

/** What a simulated process gets of the machine's time. */
export interface ProcessTimeOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** How far this process's wall clock is off, milliseconds. */
  readonly wallOffsetMs?: number;
}

/** The time of one process, which can be ended without touching that of the others. */
export function createProcessTime({ clock, timers, wallOffsetMs = 0 }: ProcessTimeOptions): ProcessTime {
  let alive = true;
  const deadTimer: Timer = { cancel() {} };
  return {
    clock: {
      wallMs: () => timestampMs(clock.wallMs() + wallOffsetMs),
      monotonicMs: () => clock.monotonicMs(),
    },
    timers: {
      after(delayMs, run) {
        if (!alive) return deadTimer;
        return timers.after(delayMs, () => {
          if (alive) run();
        });
      },
    },
    end() {
      alive = false;
    },
  };
}
