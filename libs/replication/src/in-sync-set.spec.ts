import { InSyncSet } from './in-sync-set';

const members = (...ids: number[]) => ids.map((brokerId) => ({ brokerId, brokerEpoch: 10 + brokerId }));

function expanding() {
  const set = new InSyncSet(5, [1, 2], 7);
  const proposal = set.propose('expand', members(1, 2, 3))!;
  return { set, proposal };
}

describe('in-sync set', () => {
  test('a member being added counts at once, though it is not committed', () => {
    const { set, proposal } = expanding();
    expect(set.maximal).toEqual([1, 2, 3]);
    expect(set.committed).toEqual([1, 2]);
    expect(proposal).toMatchObject({ leaderEpoch: 5, partitionEpoch: 7 });
  });

  test('a member being removed counts until the controller has removed it', () => {
    const set = new InSyncSet(5, [1, 2], 7);
    const proposal = set.propose('shrink', members(1))!;
    expect(set.maximal).toEqual([1, 2]);
    expect(set.accepted(proposal, { leaderEpoch: 5, isr: [1], partitionEpoch: 8 })).toBe(true);
    expect(set.maximal).toEqual([1]);
    expect(set.partitionEpoch).toBe(8);
  });

  test('only one proposal is under way', () => {
    const { set } = expanding();
    expect(set.propose('shrink', members(1))).toBeUndefined();
  });

  test.each(['OPERATION_NOT_ATTEMPTED', 'INELIGIBLE_REPLICA'] as const)('%s rolls back', (error) => {
    const { set, proposal } = expanding();
    expect(set.failed(proposal, error)).toBe('done');
    expect(set.maximal).toEqual([1, 2]);
    expect(set.propose('shrink', members(1))).toBeDefined();
  });

  test.each(['INVALID_UPDATE_VERSION', 'FENCED_LEADER_EPOCH', 'NEW_LEADER_ELECTED'] as const)(
    '%s leaves the proposal to the metadata log, because an earlier attempt may have been applied',
    (error) => {
      const { set, proposal } = expanding();
      expect(set.failed(proposal, error)).toBe('done');
      expect(set.maximal).toEqual([1, 2, 3]);
      expect(set.commit({ leaderEpoch: 5, isr: [1], partitionEpoch: 8 })).toBe(true);
      expect(set.maximal).toEqual([1]);
    },
  );

  test.each(['NOT_CONTROLLER', 'REQUEST_TIMED_OUT', 'STALE_BROKER_EPOCH'] as const)('%s is tried again', (error) => {
    const { set, proposal } = expanding();
    expect(set.failed(proposal, error)).toBe('retry');
    expect(set.maximal).toEqual([1, 2, 3]);
  });

  test('an answer older than the metadata log is ignored', () => {
    const { set, proposal } = expanding();
    set.commit({ leaderEpoch: 5, isr: [1], partitionEpoch: 9 });
    expect(set.accepted(proposal, { leaderEpoch: 5, isr: [1, 2, 3], partitionEpoch: 8 })).toBe(false);
    expect(set.committed).toEqual([1]);
    expect(set.failed(proposal, 'NOT_CONTROLLER')).toBe('done');
  });

  test('a decision of another leader epoch is ignored', () => {
    const { set } = expanding();
    expect(set.commit({ leaderEpoch: 6, isr: [3], partitionEpoch: 9 })).toBe(false);
    expect(set.committed).toEqual([1, 2]);
  });

  test('an accepted proposal that changed nothing is settled', () => {
    const { set, proposal } = expanding();
    expect(set.accepted(proposal, { leaderEpoch: 5, isr: [1, 2], partitionEpoch: 7 })).toBe(true);
    expect(set.pending).toBeUndefined();
  });
});
