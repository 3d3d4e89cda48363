import { failure, type ErrorName, type Failure, type Offset, type Result } from '@milena/model';
import type { Timer, Timers } from '@milena/platform';
import type { LeadershipFailures } from './leadership-failures';

/** An answer that waits until the log is committed up to an offset. */
interface ParkedResponse {
  /** The answer may leave once everything up to here is committed. */
  readonly offset: Offset;
  /** Whether the caller's own records wait, or only what its decision was built on. */
  readonly appended: boolean;
  release(): void;
  abandon(error: Failure): void;
}

/** How an answer waits. */
export interface ParkOptions {
  readonly offset: Offset;
  /** Whether the caller's own records wait, or only what its decision was built on. */
  readonly appended: boolean;
  readonly timeoutMs: number;
  /** Told how the wait ended, just before the answer leaves; undefined for well. */
  onEnd?(error: ErrorName | undefined): void;
}

/**
 * Answers that wait for commitment, in offset order, each with a deadline. When a deadline passes the caller is told
 * that the outcome is unknown: its records stand in the log and may still be committed.
 */
export class ParkedResponses {
  readonly #timers: Timers;
  readonly #waiting = new Set<ParkedResponse>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Waits until `offset` is committed, then answers with `respond()`. Offsets never decrease from call to call. */
  park<Response>(options: ParkOptions, respond: () => Response): Promise<Result<Response>> {
    const { offset, appended, timeoutMs } = options;
    return new Promise((resolve) => {
      const finish = (outcome: Result<Response>) => {
        if (!this.#waiting.delete(parked)) return;
        timer.cancel();
        options.onEnd?.(outcome.ok ? undefined : outcome.error.code);
        resolve(outcome);
      };
      const parked: ParkedResponse = {
        offset,
        appended,
        release: () => finish({ ok: true, value: respond() }),
        abandon: (error) => finish({ ok: false, error }),
      };
      this.#waiting.add(parked);
      const timer: Timer = this.#timers.after(timeoutMs, () =>
        finish(failure('REQUEST_TIMED_OUT', `not committed within ${timeoutMs} ms; it may still take effect`)),
      );
    });
  }

  /** Lets every answer go that waited for nothing beyond `committed`. */
  releaseUpTo(committed: Offset): void {
    for (const parked of this.#waiting) {
      if (parked.offset > committed) return;
      parked.release();
    }
  }

  /** Ends every wait because this node no longer leads. */
  abandonAll({ notLeading, outcomeUnknown }: LeadershipFailures): void {
    for (const parked of this.#waiting) {
      parked.abandon(
        parked.appended
          ? { code: outcomeUnknown, message: 'leadership was lost before the commit; it may still take effect' }
          : { code: notLeading, message: 'leadership was lost before the answer was certain' },
      );
    }
  }
}
