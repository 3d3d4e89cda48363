/** Knows no leader it could fetch from. A voter waits for a leader or its deadline; an observer asks around. */
export interface Unattached {
  readonly name: 'unattached';
  readonly epoch: number;
  /** The leader of the epoch when its id is known but not its endpoint. */
  readonly leaderId: number | undefined;
  /** When a voter stands for election; Infinity for an observer. */
  readonly electionDeadlineMs: number;
}
