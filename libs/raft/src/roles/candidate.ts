import type { Ballot } from '../ballot';

/** A voter that asks for votes in an epoch of its own, having voted for itself. */
export interface Candidate {
  readonly name: 'candidate';
  readonly epoch: number;
  readonly ballot: Ballot;
  /** When it gives up this epoch. A lost candidate waits for it, so that rivals do not meet again at once (KAFKA-18345). */
  electionDeadlineMs: number;
  /** Whether an eager attempt has shortened the wait already. */
  isShortened: boolean;
}
