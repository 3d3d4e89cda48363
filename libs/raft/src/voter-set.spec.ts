import { offset } from '@milena/model';
import { testVoter, testVoters } from './testing/test-cluster';
import { VoterSet } from './voter-set';
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

  test('a node with another directory is another replica, unless one side does not know', () => {
    const voters = VoterSet.of([{ ...testVoter(1), key: { id: 1, directoryId: 'old' } }, testVoter(2)]);
    expect(voters.includes({ id: 1, directoryId: 'new' })).toBe(false);
    expect(voters.includes({ id: 1, directoryId: 'old' })).toBe(true);
    expect(voters.includes({ id: 1 })).toBe(true);
    expect(voters.includes({ id: 2, directoryId: 'any' })).toBe(true);
    expect(voters.includes({ id: 3 })).toBe(false);
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
});
