import fc from 'fast-check';
import { offset } from '@milena/model';
import { divergenceOf, outOfRangeAction, truncationOffset, type EpochHistory } from './truncation';

/** A log given as the epochs of its records; answers like the leader epoch cache (KIP-101). */
function log(epochs: readonly number[]): EpochHistory {
  return {
    logStartOffset: offset(0),
    logEndOffset: offset(epochs.length),
    endOffsetForEpoch(epoch) {
      const latest = epochs.at(-1);
      if (latest === undefined || epoch > latest) return undefined;
      const next = epochs.findIndex((each) => each > epoch);
      const endOffset = next === -1 ? epochs.length : next;
      const floor = endOffset === 0 ? epoch : (epochs[endOffset - 1] ?? epoch);
      return { epoch: floor, endOffset };
    },
  };
}

/** Follower rounds until the leader sees a prefix; returns the follower's records then and the number of rounds. */
function reconcile(leader: readonly number[], follower: readonly number[]) {
  let mine = [...follower];
  for (let rounds = 0; ; rounds++) {
    const position = { fetchOffset: offset(mine.length), lastFetchedEpoch: mine.at(-1) ?? -1 };
    const divergence = divergenceOf(log(leader), position);
    if (divergence === undefined) return { mine, rounds };
    if (rounds > leader.length + follower.length) throw new Error('truncation does not end');
    const action =
      divergence === 'out-of-range'
        ? outOfRangeAction(log(mine), log(leader))
        : ({ kind: 'truncate-to', offset: truncationOffset(log(mine), divergence) } as const);
    if (action.kind !== 'truncate-to') throw new Error(`cannot go on: ${action.kind}`);
    mine = mine.slice(0, action.offset);
  }
}

describe('divergence', () => {
  test('a follower that holds a prefix does not diverge', () => {
    expect(divergenceOf(log([1, 1, 2]), { fetchOffset: offset(2), lastFetchedEpoch: 1 })).toBeUndefined();
  });

  test('an empty follower does not diverge', () => {
    expect(divergenceOf(log([1, 1]), { fetchOffset: offset(0), lastFetchedEpoch: -1 })).toBeUndefined();
  });

  test('a follower ahead within the epoch is told where it ends', () => {
    const position = { fetchOffset: offset(5), lastFetchedEpoch: 1 };
    expect(divergenceOf(log([1, 1, 2]), position)).toEqual({ epoch: 1, endOffset: 2 });
  });

  test('an epoch the leader never had is answered with the one below', () => {
    const position = { fetchOffset: offset(2), lastFetchedEpoch: 2 };
    expect(divergenceOf(log([1, 1, 3]), position)).toEqual({ epoch: 1, endOffset: 2 });
  });

  test('an epoch the leader knows nothing of is out of range', () => {
    expect(divergenceOf(log([1]), { fetchOffset: offset(1), lastFetchedEpoch: 4 })).toBe('out-of-range');
  });
});

describe('truncation', () => {
  test('a lost leadership: the unreplicated tail goes, nothing else', () => {
    expect(reconcile([1, 1, 1, 3], [1, 1, 1, 2, 2]).mine).toEqual([1, 1, 1]);
  });

  test('several fast leader changes need several rounds (KIP-279)', () => {
    expect(reconcile([1, 1, 2, 4], [1, 3, 3, 3]).mine).toEqual([1]);
  });

  test('an undefined end keeps the log', () => {
    expect(truncationOffset(log([1, 1]), { epoch: -1, endOffset: -1 })).toBe(2);
  });

  test('a leader without epochs: as far as it reaches', () => {
    expect(truncationOffset(log([1, 1, 1]), { epoch: -1, endOffset: 2 })).toBe(2);
  });

  test('ends, and leaves exactly the common prefix, for every pair of logs that replication can make', () => {
    // Records of one epoch are written by one leader: two logs agree at an offset if they hold the same epoch there.
    const epochs = fc
      .array(fc.integer({ min: 0, max: 6 }), { maxLength: 12 })
      .map((list) => list.sort((a, b) => a - b));
    const histories = fc.tuple(epochs, epochs, epochs).map(([common, left, right]) => {
      const last = common.at(-1) ?? 0;
      // Epochs after the fork belong to one side each: odd ones to the left, even ones to the right.
      const side = (list: number[], odd: number) => list.map((epoch) => last + 1 + epoch * 2 + odd);
      return { common, leader: [...common, ...side(left, 1)], follower: [...common, ...side(right, 0)] };
    });
    fc.assert(
      fc.property(histories, ({ common, leader, follower }) => {
        fc.pre((leader.at(-1) ?? -1) >= (follower.at(-1) ?? -1) && common.length > 0);
        expect(reconcile(leader, follower).mine).toEqual(common);
      }),
      { seed: 46, numRuns: 500 },
    );
  });
});

describe('out of range', () => {
  const leader = { logStartOffset: offset(10), logEndOffset: offset(20) };
  test.each([
    [25, { kind: 'truncate-to', offset: 20 }],
    [5, { kind: 'restart-at', offset: 10 }],
    [15, { kind: 'continue' }],
  ])('a follower at %d', (end, action) => {
    expect(outOfRangeAction({ logEndOffset: offset(end) }, leader)).toEqual(action);
  });
});
