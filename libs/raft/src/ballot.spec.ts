import { Ballot } from './ballot';

describe('ballot', () => {
  test('the only voter has won at once', () => {
    expect(new Ballot([1], 1, 1).outcome).toBe('won');
  });

  test('a majority wins, and each voter counts once', () => {
    const ballot = new Ballot([1, 2, 3, 4, 5], 1, 3);
    ballot.record(2, true);
    ballot.record(2, true);
    expect(ballot.outcome).toBe('open');
    ballot.record(9, true);
    expect(ballot.outcome).toBe('open');
    ballot.record(3, true);
    expect(ballot.outcome).toBe('won');
    expect(ballot.grantingIds).toEqual([1, 2, 3]);
  });

  test('it is lost when those left cannot make a majority', () => {
    const ballot = new Ballot([1, 2, 3], 1, 2);
    ballot.record(2, false);
    expect(ballot.outcome).toBe('open');
    ballot.record(3, false);
    expect(ballot.outcome).toBe('lost');
  });

  test('a pre-vote is counted anew for who would answer otherwise now', () => {
    const ballot = new Ballot([1, 2, 3], 1, 2);
    ballot.record(2, false);
    ballot.recount(9);
    expect(ballot.outcome).toBe('open');
    ballot.recount(2);
    expect(ballot.outcome).toBe('won');
  });

  test('it is stalled when somebody rejects and the rest cannot be reached, and open again when one answers after all', () => {
    const ballot = new Ballot([1, 2, 3], 1, 2);
    ballot.recordFailure(3);
    expect(ballot.outcome).toBe('open');
    ballot.record(2, false);
    expect(ballot.outcome).toBe('stalled');
    expect(ballot.unansweredIds).toEqual([3]);
    ballot.record(3, true);
    expect(ballot.outcome).toBe('won');
  });

  test('the vote of a candidate that was removed from the voter set does not count', () => {
    const ballot = new Ballot([1, 2], 3, 2);
    ballot.record(1, true);
    expect(ballot.outcome).toBe('open');
    ballot.record(2, true);
    expect(ballot).toMatchObject({ outcome: 'won', grantingIds: [1, 2] });
  });
});
