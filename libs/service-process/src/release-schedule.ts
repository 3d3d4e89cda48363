/** A process that spends less of its time working than this is idle. */
const IDLE_UTILIZATION = 0.1;
/** What is worth a pause: less than this is left to the engine. */
const EXCESS_BYTES = 16 * 1024 * 1024;
/** A pause grows with what is alive, to seconds at some hundred MiB: beyond this the engine collects in its own small steps. */
const OLD_BYTES_MAX = 96 * 1024 * 1024;
/** Pauses take a hundredth of the time at most. */
const REST_PER_PAUSE = 100;
/** Between two releases without a burst between them; doubled each time, because what grows back at once is in use. */
const QUIET_WAIT_MS = 30_000;
const QUIET_WAIT_MS_MAX = 600_000;

/** What a process looks like. */
export interface HeapLook {
  /** Monotonic. */
  readonly nowMs: number;
  /** Share of time since the last look in which the process worked, 0 to 1. */
  readonly utilization: number;
  /** Everything the heap took. */
  readonly heapBytes: number;
  /** What is used of it outside of the young generation: an upper bound of what is alive. */
  readonly oldBytes: number;
}

/** Decides when a process that is idle after a burst stops for a moment to give memory back. */
export class ReleaseSchedule {
  #notBeforeMs = -Infinity;
  #quietWaitMs = QUIET_WAIT_MS;
  #quietUntilMs = -Infinity;

  constructor(
    /** What the heap takes at rest. */
    private restBytes: number,
  ) {}

  /** Whether now is the time. */
  isDue({ nowMs, utilization, heapBytes, oldBytes }: HeapLook): boolean {
    if (utilization >= IDLE_UTILIZATION) {
      this.#quietWaitMs = QUIET_WAIT_MS;
      this.#quietUntilMs = -Infinity;
      return false;
    }
    if (nowMs < this.#notBeforeMs || nowMs < this.#quietUntilMs) return false;
    return heapBytes > this.restBytes + EXCESS_BYTES && oldBytes <= OLD_BYTES_MAX;
  }

  /** Memory was given back, in a pause that has just ended. */
  released({ nowMs, pauseMs, heapBytes }: { nowMs: number; pauseMs: number; heapBytes: number }): void {
    this.restBytes = heapBytes;
    this.#notBeforeMs = nowMs + REST_PER_PAUSE * pauseMs;
    this.#quietUntilMs = nowMs + this.#quietWaitMs;
    this.#quietWaitMs = Math.min(QUIET_WAIT_MS_MAX, 2 * this.#quietWaitMs);
  }
}
