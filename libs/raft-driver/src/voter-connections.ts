import type { Endpoint } from '@milena/model';
import type { Timer, Timers } from '@milena/platform';

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
      /** Where the other voters are; none when this node is not a voter. */
      others(): readonly Endpoint[];
      connect(endpoints: readonly Endpoint[]): void;
    },
  ) {}

  start(): void {
    const { timers, others, connect } = this.options;
    connect(others());
    this.#timer = timers.after(PERIOD_MS, () => this.start());
  }

  close(): void {
    this.#timer?.cancel();
  }
}
