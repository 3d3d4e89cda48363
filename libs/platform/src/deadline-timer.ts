import type { Clock } from './clock';
import type { Timer, Timers } from './timers';

/** A timer that fires this late tells of a process that was away: stopped, starved or collecting garbage. */
const AWAY_MS = 500;
/** How long what came in meanwhile has to be carried out before deadlines count again. */
const CATCH_UP_MS = 1_000;

/** What the timer works for. */
export interface DeadlineTimerOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly timers: Timers;
  /** The next deadline on the monotonic clock; undefined for none. */
  readonly nextMs: () => number | undefined;
  /** Does what is due; called too early it only looks. */
  readonly onDue: () => void;
}

/**
 * Calls at the next deadline. After the process was away nothing is due for a moment: peers whose heartbeats wait in the
 * sockets have not been silent, nobody listened.
 */
export class DeadlineTimer {
  #timer: { readonly atMs: number; readonly timer: Timer } | undefined;
  #notBeforeMs = 0;
  #isClosed = false;

  constructor(private readonly options: DeadlineTimerOptions) {}

  /** The next deadline may be an earlier one now. */
  schedule(): void {
    const { clock, timers, nextMs } = this.options;
    const deadlineMs = nextMs();
    if (this.#isClosed || deadlineMs === undefined) return;
    const nowMs = clock.monotonicMs();
    const atMs = Math.max(deadlineMs, this.#notBeforeMs, nowMs);
    if (this.#timer !== undefined && this.#timer.atMs <= atMs) return;
    this.#timer?.timer.cancel();
    this.#timer = { atMs, timer: timers.after(atMs - nowMs, () => this.#fired(atMs)) };
  }

  /** Ends. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.timer.cancel();
    this.#timer = undefined;
  }

  #fired(atMs: number): void {
    this.#timer = undefined;
    const nowMs = this.options.clock.monotonicMs();
    if (nowMs - atMs > AWAY_MS) this.#notBeforeMs = nowMs + CATCH_UP_MS;
    else this.options.onDue();
    this.schedule();
  }
}
