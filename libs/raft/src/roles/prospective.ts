import type { Ballot } from '../ballot';
import type { KnownLeader } from './follower';

/** A voter that asks whether it would be elected (KIP-996), without disturbing anybody's epoch. */
export interface Prospective {
  readonly name: 'prospective';
  readonly epoch: number;
  /** The leader it followed and returns to when it loses. */
  readonly leader: KnownLeader | undefined;
  readonly ballot: Ballot;
  /** When it began to ask. */
  readonly sinceMs: number;
  readonly electionDeadlineMs: number;
  /**
   * Set when it granted a pre-vote to somebody of higher rank meanwhile: both would become candidates of the same epoch
   * and split the vote, so this one waits a moment before it does.
   */
  outranked: boolean;
  /** End of that moment. */
  yieldUntilMs: number | undefined;
}
