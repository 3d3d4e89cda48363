import type { Clock } from '@milena/platform';
import type { Leadership } from '@milena/raft';
import { isElectionOpen } from './election-open';

/** How long after an election its leader is left alone: whoever waited for it comes to it at once. Milliseconds. */
const SETTLE_MS = 1000;

/**
 * Whether nobody stands for election as far as this node knows, and the last election was a while ago: only then should
 * it do what can be done later.
 */
export class ElectionCalm {
  #epoch: number;
  #sinceMs = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly leadership: () => Leadership,
  ) {
    this.#epoch = leadership().epoch;
  }

  get isCalm(): boolean {
    const leadership = this.leadership();
    const { epoch } = leadership;
    const isOpen = isElectionOpen(leadership);
    if (isOpen || epoch !== this.#epoch) this.#sinceMs = this.clock.monotonicMs();
    this.#epoch = epoch;
    return !isOpen && this.clock.monotonicMs() - this.#sinceMs >= SETTLE_MS;
  }
}
