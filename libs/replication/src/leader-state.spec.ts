import { offset } from '@milena/model';
import { LeaderState, type LeaderOptions } from './leader-state';

function leader(overrides: Partial<LeaderOptions> = {}): LeaderState {
  return new LeaderState({
    localId: 1,
    leaderEpoch: 5,
    partitionEpoch: 7,
    replicas: [1, 2, 3],
    isr: [1, 2, 3],
    epochStartOffset: offset(100),
    highWatermark: offset(90),
    minInsyncReplicas: 1,
    lagTimeMaxMs: 30_000,
    isEligible: () => true,
    nowMs: 0,
    ...overrides,
  });
}

/** A leader with its log end moved and a clock, so that a spec reads as a list of events. */
function scene(overrides: Partial<LeaderOptions> = {}) {
  const state = leader(overrides);
  let end = state.epochStartOffset;
  let nowMs = 0;
  state.localEndMoved(end);
  return {
    state,
    append(count: number) {
      end = offset(end + count);
      state.localEndMoved(end);
      return state.advanceHighWatermark(end, nowMs);
    },
    fetch(replicaId: number, fetchOffset: number, brokerEpoch = 50) {
      const counted = state.followerFetched({ replicaId, brokerEpoch, fetchOffset: offset(fetchOffset), nowMs }, end);
      state.advanceHighWatermark(end, nowMs);
      return counted;
    },
    shrink: () => state.proposeShrink(end, nowMs),
    wait(ms: number) {
      nowMs += ms;
    },
    decide(isr: readonly number[]) {
      state.update({ leaderEpoch: 5, isr, partitionEpoch: state.partitionEpoch + 1, replicas: state.replicas }, nowMs);
      return state.advanceHighWatermark(end, nowMs);
    },
  };
}

describe('high watermark', () => {
  test('stands still until every member of the ISR has fetched in this epoch', () => {
    const { state, fetch } = scene();
    fetch(2, 100);
    expect(state.highWatermark).toBe(90);
    fetch(3, 95);
    expect(state.highWatermark).toBe(95);
    fetch(3, 100);
    expect(state.highWatermark).toBe(100);
  });

  test('a leader that is alone in the ISR commits what it appends', () => {
    const { state, append } = scene({ isr: [1], replicas: [1] });
    append(10);
    expect(state.highWatermark).toBe(110);
  });

  test('never goes back when a follower does', () => {
    const { state, fetch } = scene();
    fetch(2, 100);
    fetch(3, 100);
    fetch(3, 40);
    expect(state.highWatermark).toBe(100);
  });

  test('waits for a follower whose expansion is proposed but not decided', () => {
    const { state, fetch, append } = scene({ isr: [1, 2] });
    fetch(2, 100);
    fetch(3, 100);
    expect(state.proposeExpansion(3)).toBeDefined();
    append(5);
    fetch(2, 105);
    expect(state.highWatermark).toBe(100);
    fetch(3, 105);
    expect(state.highWatermark).toBe(105);
  });

  test('waits for a member whose removal is proposed but not decided', () => {
    const { state, fetch, append, shrink, wait, decide } = scene({ isr: [1, 2] });
    fetch(2, 100);
    append(5);
    wait(30_001);
    expect(shrink()?.newIsr.map(({ brokerId }) => brokerId)).toEqual([1]);
    append(5);
    expect(state.highWatermark).toBe(100);
    decide([1]);
    expect(state.highWatermark).toBe(110);
  });

  test('waits for a caught-up follower that is about to join, but not for one that may not join', () => {
    const eligible = new Set([3]);
    const { state, fetch, append } = scene({ isr: [1], isEligible: (id) => eligible.has(id) });
    fetch(3, 100);
    append(5);
    expect(state.highWatermark).toBe(100);
    eligible.clear();
    append(1);
    expect(state.highWatermark).toBe(106);
  });

  test('stands still while the ISR is smaller than min.insync.replicas', () => {
    const { state, fetch, append, decide } = scene({ isr: [1, 2], minInsyncReplicas: 2 });
    fetch(2, 100);
    append(5);
    fetch(2, 105);
    decide([1]);
    append(5);
    expect(state.hasEnoughInSync).toBe(false);
    expect(state.highWatermark).toBe(105);
    decide([1, 2]);
    fetch(2, 110);
    expect(state.highWatermark).toBe(110);
  });

  test('min.insync.replicas above the number of replicas asks for all of them', () => {
    const { state, append } = scene({ isr: [1], replicas: [1], minInsyncReplicas: 2 });
    append(1);
    expect(state.highWatermark).toBe(101);
  });
});

describe('expansion', () => {
  test('needs the start of the leader epoch, not only the high watermark', () => {
    const { state, fetch } = scene({ isr: [1] });
    fetch(3, 95);
    expect(state.proposeExpansion(3)).toBeUndefined();
    fetch(3, 100);
    expect(state.proposeExpansion(3)).toMatchObject({
      kind: 'expand',
      newIsr: [
        { brokerId: 1, brokerEpoch: -1 },
        { brokerId: 3, brokerEpoch: 50 },
      ],
    });
  });

  test('needs the high watermark, however short the lag in time', () => {
    const { state, fetch, append } = scene({ isr: [1], isEligible: () => false });
    fetch(3, 100);
    append(10);
    expect(state.proposeExpansion(3)).toBeUndefined();
  });

  test('is not proposed for an ineligible broker, a member, a stranger or while another proposal is under way', () => {
    const { state, fetch } = scene({ isr: [1], isEligible: (id, epoch) => id !== 2 && epoch === 50 });
    fetch(2, 100);
    fetch(3, 100, 49);
    expect([1, 2, 3, 4].map((id) => state.proposeExpansion(id))).toEqual([undefined, undefined, undefined, undefined]);
    fetch(3, 100);
    expect(state.proposeExpansion(3)).toBeDefined();
    expect(state.proposeExpansion(3)).toBeUndefined();
  });

  test('a fetch from an older registration of the broker does not count', () => {
    const { state, fetch } = scene();
    fetch(2, 100, 51);
    expect(fetch(2, 60, 50)).toBe(false);
    expect(state.follower(2)?.logEndOffset).toBe(100);
  });
});

describe('shrink', () => {
  test('a follower level with an idle leader stays, however long ago it fetched', () => {
    const { fetch, shrink, wait } = scene({ isr: [1, 2] });
    fetch(2, 100);
    wait(1_000_000);
    expect(shrink()).toBeUndefined();
  });

  test('a follower that keeps up with a busy leader without ever being level stays', () => {
    const { fetch, shrink, wait, append } = scene({ isr: [1, 2] });
    fetch(2, 100);
    for (let round = 0; round < 5; round++) {
      append(10);
      wait(20_000);
      fetch(2, 100 + 10 * round);
    }
    expect(shrink()).toBeUndefined();
  });

  test('a follower that falls behind is dropped after the allowed time, not before', () => {
    const { fetch, shrink, wait, append } = scene({ isr: [1, 2] });
    fetch(2, 100);
    append(10);
    wait(30_000);
    fetch(2, 105);
    expect(shrink()).toBeUndefined();
    wait(1);
    expect(shrink()?.newIsr).toEqual([{ brokerId: 1, brokerEpoch: -1 }]);
  });

  test('a member that never fetched is dropped after the allowed time', () => {
    const { shrink, wait } = scene({ isr: [1, 2] });
    wait(30_001);
    expect(shrink()?.kind).toBe('shrink');
  });
});

test('a reassignment within the epoch forgets replicas that left and tracks those that came', () => {
  const { state, fetch } = scene({ replicas: [1, 2] });
  state.update({ leaderEpoch: 5, isr: [1], partitionEpoch: 8, replicas: [1, 4] }, 0);
  expect(fetch(2, 100)).toBe(false);
  expect(fetch(4, 100)).toBe(true);
});
