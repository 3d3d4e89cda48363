import { offset } from '@milena/model';
import { testVoter, testVoters } from './testing/test-cluster';
import { sameVoter, VoterSet } from './voter-set';
import { VoterSetHistory } from './voter-set-history';

describe('voter set', () => {
  test.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
  ])('%i voters have a majority of %i', (size, majority) => {
    expect(testVoters(size).majority).toBe(majority);
  });

  test('a node with another directory, or with none that it tells, is another replica, unless the voter has none', () => {
    const voters = VoterSet.of([{ ...testVoter(1), key: { id: 1, directoryId: 'old' } }, testVoter(2)]);
    expect(voters.includes({ id: 1, directoryId: 'new' })).toBe(false);
    expect(voters.includes({ id: 1, directoryId: 'old' })).toBe(true);
    expect(voters.includes({ id: 1 })).toBe(false);
    expect(voters.includes({ id: 2, directoryId: 'any' })).toBe(true);
    expect(voters.includes({ id: 3 })).toBe(false);
  });

  test('a set with or without a voter is another set', () => {
    const three = testVoters(3);
    const moved = { ...testVoter(2), endpoint: { host: 'elsewhere', port: 1 } };
    expect(three.with(testVoter(4)).ids).toEqual([1, 2, 3, 4]);
    expect(three.with(moved).voters).toEqual([testVoter(1), moved, testVoter(3)]);
    expect(three.without(2).ids).toEqual([1, 3]);
    expect(three.without(9).ids).toEqual([1, 2, 3]);
    expect([sameVoter(moved, moved), sameVoter(testVoter(2), moved)]).toEqual([true, false]);
  });

  test('an id is there once', () => {
    expect(() => VoterSet.of([testVoter(1), testVoter(1)])).toThrow('voter ids are unique');
  });
});

describe('voter set history', () => {
  test('a set rules from its append until its record is truncated', () => {
    const [bootstrap, three, five] = [testVoters(1), testVoters(3), testVoters(5)];
    const history = new VoterSetHistory(bootstrap);
    expect(history.isWritten).toBe(false);
    history.append(offset(2), three);
    history.append(offset(7), five);
    expect(history.latest).toBe(five);
    expect(history.truncateTo(offset(8))).toBe(false);
    expect(history.truncateTo(offset(7))).toBe(true);
    expect(history.latest).toBe(three);
    history.truncateTo(offset(0));
    expect(history.latest).toBe(bootstrap);
    expect(history.isWritten).toBe(false);
  });

  test('a snapshot begins it anew', () => {
    const [bootstrap, three, five] = [testVoters(1), testVoters(3), testVoters(5)];
    const history = new VoterSetHistory(bootstrap);
    history.append(offset(2), five);
    history.restoreFromSnapshot({ offset: offset(40), epoch: 2 }, three);
    expect(history).toMatchObject({ latest: three, latestOffset: 39, isWritten: true, previous: bootstrap });
    history.append(offset(40), five);
    expect(history.truncateTo(offset(40))).toBe(true);
    expect(history.latest).toBe(three);
    history.restoreFromSnapshot({ offset: offset(50), epoch: 2 }, undefined);
    expect(history).toMatchObject({ latest: bootstrap, isWritten: false });
  });

  test('it knows what was written before an offset, as far back as a snapshot may ask', () => {
    const [three, four, five] = [testVoters(3), testVoters(4), testVoters(5)];
    const history = new VoterSetHistory(testVoters(1));
    history.append(offset(2), three);
    history.append(offset(7), four);
    history.append(offset(9), five);
    expect(history.previous).toBe(four);
    expect([2, 3, 7, 8, 10].map((end) => history.writtenBefore(offset(end)))).toEqual([
      undefined,
      three,
      three,
      four,
      five,
    ]);
    history.forgetBefore(offset(8));
    expect([7, 8, 10].map((end) => history.writtenBefore(offset(end)))).toEqual([undefined, four, five]);
  });
});
