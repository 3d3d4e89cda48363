import type { Random } from '@milena/platform';
import type { RaftSettings } from './raft-options';

/** Draws the random delays of elections. */
export class ElectionTiming {
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

  /** Pause between eager attempts. */
  retryJitterMs(): number {
    return this.between(this.settings.retryJitterMs);
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
    return max > min ? min + this.random.below(max - min) : min;
  }
}
