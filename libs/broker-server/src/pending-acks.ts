import type { ErrorName, Offset } from '@milena/model';
import type { Clock, Timers } from '@milena/platform';
import type { AckQueue, AckWaiter } from './ack-queue';
import type { AppendOutcome } from './append-request';
import { DeadlineWheel, NOT_WAITING, type Waiting } from './deadline-wheel';
import { failedAppend } from './failed-append';

/** One entry of a produce request that is not yet acknowledged. */
export interface AckWait {
  /** Position of the entry in the request. */
  readonly index: number;
  readonly queue: AckQueue;
  readonly endOffset: Offset;
}

class PendingRequest implements AckWaiter, Waiting {
  slot = NOT_WAITING;
  #missing: AckWait[];

  constructor(
    readonly outcomes: AppendOutcome[],
    waits: readonly AckWait[],
    private readonly answered: (request: PendingRequest) => void,
  ) {
    this.#missing = [...waits];
    for (const { index, queue, endOffset } of waits) queue.add(endOffset, this, index);
  }

  get isAnswered(): boolean {
    return this.#missing.length === 0;
  }

  settle(index: number, error: ErrorName | undefined): void {
    if (error !== undefined) this.#fail(index, error);
    this.#missing = this.#missing.filter((wait) => wait.index !== index);
    if (this.isAnswered) this.answered(this);
  }

  giveUp(error: ErrorName): void {
    const missing = this.#missing;
    this.#missing = [];
    for (const { index, queue } of missing) {
      this.#fail(index, error);
      queue.prune();
    }
    this.answered(this);
  }

  #fail(index: number, error: ErrorName): void {
    const outcome = this.outcomes[index];
    if (outcome !== undefined) this.outcomes[index] = failedAppend(outcome, error);
  }
}

/**
 * Produce requests whose answers wait for the high watermark or for a sync, with their deadlines. What is waited for
 * stands in the queues of the partitions; one wheel holds all deadlines. Bounded: ask `hasRoom` before appending.
 */
export class PendingAcks {
  readonly #requests = new Set<PendingRequest>();
  readonly #wheel: DeadlineWheel<PendingRequest>;

  constructor(
    time: { readonly clock: Clock; readonly timers: Timers },
    private readonly max: number,
  ) {
    this.#wheel = new DeadlineWheel(time, (request) => request.giveUp('REQUEST_TIMED_OUT'));
  }

  get size(): number {
    return this.#requests.size;
  }

  get hasRoom(): boolean {
    return this.#requests.size < this.max;
  }

  /**
   * Answers with `outcomes` once all `waits` (at least one) are settled, those that fail or time out replaced by errors.
   * `outcomes` belongs to this call from now on.
   */
  park(
    outcomes: AppendOutcome[],
    waits: readonly AckWait[],
    timeoutMs: number,
    respond: (outcomes: readonly AppendOutcome[]) => void,
  ): void {
    const request = new PendingRequest(outcomes, waits, (answered) => {
      this.#requests.delete(answered);
      this.#wheel.remove(answered);
      respond(answered.outcomes);
    });
    this.#requests.add(request);
    this.#wheel.add(request, timeoutMs);
  }

  /** Answers everything that waits with `error` and stops the timer. */
  close(error: ErrorName): void {
    for (const request of [...this.#requests]) request.giveUp(error);
    this.#wheel.close();
  }
}
