import { timestampMs } from '@milena/model';
import type { Clock } from '../clock';
import type { Timer, Timers } from '../timers';

/** Clock and timers of one simulated process on top of shared time. */
export interface ProcessTime {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Somebody sets the wall clock; the monotonic one and the timers do not notice. */
  jump(byMs: number): void;
  /** The process is gone: none of its timers fires any more, nor can it set new ones. */
  end(): void;
}

/** What a simulated process gets of the machine's time. */
export interface ProcessTimeOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** How far this process's wall clock is off, milliseconds. */
  readonly wallOffsetMs?: number;
  /** How fast this process's clocks run against true time; 1 unless said otherwise. */
  readonly rate?: number;
}

/** The time of one process, which can be ended without touching that of the others. */
export function createProcessTime({ clock, timers, wallOffsetMs = 0, rate = 1 }: ProcessTimeOptions): ProcessTime {
  let alive = true;
  let jumpedMs = 0;
  const startMs = clock.monotonicMs();
  const driftMs = (): number => (clock.monotonicMs() - startMs) * (rate - 1);
  const deadTimer: Timer = { cancel() {} };
  return {
    clock: {
      wallMs: () => timestampMs(Math.floor(clock.wallMs() + wallOffsetMs + jumpedMs + driftMs())),
      monotonicMs: () => clock.monotonicMs() + driftMs(),
    },
    timers: {
      after(delayMs, run) {
        if (!alive) return deadTimer;
        return timers.after(delayMs / rate, () => {
          if (alive) run();
        });
      },
    },
    jump(byMs) {
      jumpedMs += byMs;
    },
    end() {
      alive = false;
    },
  };
}
