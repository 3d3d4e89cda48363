import type { Timer, Timers } from '@milena/platform';
import type { Voter } from '@milena/raft';

/** How often connections to the other voters are looked after, milliseconds. */
const PERIOD_MS = 1000;

/**
 * Keeps a voter connected to the other voters, whom it does not talk to while it follows: an election or a hand-over must
 * not wait for connections to be made.
 */
export class VoterConnections {
  #timer: Timer | undefined;

  constructor(
    private readonly options: {
      readonly timers: Timers;
      /** The other voters; none when this node is not a voter. */
      others(): readonly Voter[];
      /** Connects to those to whom there is no connection. */
      greet(voters: readonly Voter[]): void;
    },
  ) {}

  start(): void {
    const { timers, others, greet } = this.options;
    greet(others());
    this.#timer = timers.after(PERIOD_MS, () => this.start());
  }

  close(): void {
    this.#timer?.cancel();
  }
}
