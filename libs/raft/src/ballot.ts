type Vote = 'granted' | 'rejected' | 'failed' | 'pending';

/**
 * One round of votes over the voters at its start. `won` and `lost` are final. `stalled` is a hint: somebody rejected, and
 * those who still could answer and did not fail to cannot make a majority; who failed is asked again meanwhile.
 */
export class Ballot {
  private readonly votes: Map<number, Vote>;

  /** The candidate votes for itself, if it is a voter. */
  constructor(
    voterIds: readonly number[],
    readonly selfId: number,
    private readonly majority: number,
  ) {
    this.votes = new Map(voterIds.map((id) => [id, 'pending']));
    if (this.votes.has(selfId)) this.votes.set(selfId, 'granted');
  }

  /** Counts an answer; the first one of a voter stands. Ids outside the ballot are ignored. */
  record(voterId: number, granted: boolean): void {
    const vote = this.votes.get(voterId);
    if (vote === 'pending' || vote === 'failed') this.votes.set(voterId, granted ? 'granted' : 'rejected');
  }

  /** Counts what a voter would answer now, whatever it answered before: for pre-votes, which bind nobody. */
  recount(voterId: number): void {
    if (this.votes.has(voterId)) this.votes.set(voterId, 'granted');
  }

  /** Notes that a voter could not be reached; it may still answer later. */
  recordFailure(voterId: number): void {
    if (this.votes.get(voterId) === 'pending') this.votes.set(voterId, 'failed');
  }

  get outcome(): 'won' | 'lost' | 'stalled' | 'open' {
    const granted = this.idsWith('granted').length;
    if (granted >= this.majority) return 'won';
    const pending = this.idsWith('pending').length;
    const failed = this.idsWith('failed').length;
    if (granted + pending + failed < this.majority) return 'lost';
    return this.idsWith('rejected').length > 0 && granted + pending < this.majority ? 'stalled' : 'open';
  }

  get grantingIds(): readonly number[] {
    return this.idsWith('granted');
  }

  /** Voters whose answer is still missing. */
  get unansweredIds(): readonly number[] {
    return [...this.idsWith('pending'), ...this.idsWith('failed')];
  }

  private idsWith(wanted: Vote): readonly number[] {
    return [...this.votes].filter(([, vote]) => vote === wanted).map(([id]) => id);
  }
}
