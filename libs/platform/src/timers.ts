/** A timer that has been set. Cancelling one that fired or was cancelled does nothing. */
export interface Timer {
  cancel(): void;
}

/** Runs functions later. */
export interface Timers {
  /** Runs `run` once, not before `delayMs` have passed on the monotonic clock, never inside this call. */
  after(delayMs: number, run: () => void): Timer;
}
