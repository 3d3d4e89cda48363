import type { Random } from '@milena/platform';
import type { RaftSettings } from './raft-options';

/** Pauses between eager attempts, in times that it takes to store a vote: a round takes two, the candidate's and a voter's. */
const STORES_PER_PAUSE = { min: 2, max: 6 };

/** Draws the random delays of elections. */
export class ElectionTiming {
  /** How long it took to store the last vote or epoch, milliseconds. */
  #storeMs = 0;

  constructor(
    private readonly random: Pick<Random, 'below'>,
    private readonly settings: RaftSettings,
  ) {}

  /** Uniform in [T, 2T) (Raft section 5.2): voters that lost together do not try again together. */
  electionTimeoutMs(): number {
    const { electionTimeoutMs } = this.settings;
    return electionTimeoutMs + this.random.below(electionTimeoutMs);
  }

  /** Pause of a voter that starts without a live leader. */
  startJitterMs(): number {
    return this.between(this.settings.startJitterMs);
  }

  /** Storing a vote or an epoch took so long. */
  stored(tookMs: number): void {
    this.#storeMs = Math.min(tookMs, this.settings.electionTimeoutMs / STORES_PER_PAUSE.max);
  }

  /**
   * Pause between eager attempts. It grows with the time that votes take on this disk, for a voter that stands again while a
   * round is under way ends that round (Raft section 5.6: a broadcast takes much less than a timeout).
   */
  retryJitterMs(): number {
    const { min, max } = this.settings.retryJitterMs;
    const { min: least, max: most } = STORES_PER_PAUSE;
    return this.between({ min: min + least * this.#storeMs, max: max + most * this.#storeMs });
  }

  /**
   * How long a voter that would win lets one of higher rank go first: time for two more rounds like its own, which took
   * `roundMs`, so that on a slow machine too the other's request for votes is here before this one votes for itself.
   */
  yieldMs(roundMs: number): number {
    return this.retryJitterMs() + Math.min(2 * roundMs, this.settings.electionTimeoutMs);
  }

  /**
   * Delay before a successor stands for election: none for the first of `count` preferred ones, then doubling up to half
   * the maximum, and the maximum for whoever is not listed (`position` -1).
   */
  successorDelayMs(position: number, count: number): number {
    const max = this.settings.electionBackoffMaxMs;
    if (position < 0) return max;
    if (position === 0) return 0;
    return Math.min(max, (max >> (count - 1)) << (position - 1));
  }

  private between({ min, max }: { readonly min: number; readonly max: number }): number {
    return max > min ? min + this.random.below(Math.ceil(max - min)) : min;
  }
}
