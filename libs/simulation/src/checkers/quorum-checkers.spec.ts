import { voteRpc } from '@milena/cluster-protocol';
import { encodeMetadataRecord } from '@milena/metadata';
import { offset, success, timestampMs, ZERO_UUID } from '@milena/model';
import type { CommittedBatch } from '@milena/raft-driver';
import { createWorld, type World } from '../world';
import { createQuorumCheckers, type QuorumCheckers } from './quorum-checkers';

function setUp(): { world: World; checkers: QuorumCheckers; found: (act: () => void) => string | undefined } {
  const world = createWorld(1);
  const found = (act: () => void): string | undefined => {
    try {
      act();
    } catch {
      // the exception only ends a run
    }
    return world.violation?.invariant;
  };
  return { world, checkers: createQuorumCheckers(world), found };
}

const batch = (baseOffset: number, text: string, epoch = 1): CommittedBatch => ({
  baseOffset: offset(baseOffset),
  lastOffset: offset(baseOffset),
  epoch,
  timestamp: timestampMs(0),
  records: [Buffer.from(encodeMetadataRecord({ type: 'FeatureLevelRecord', name: text, featureLevel: 1 }))],
});

it('R1: finds two leaders of one epoch', () => {
  const { checkers, found } = setUp();
  const { electionSafety } = checkers;
  electionSafety.leads(1, 1);
  electionSafety.leads(1, 1);
  expect(found(() => electionSafety.leads(2, 2))).toBeUndefined();
  expect(found(() => electionSafety.leads(2, 1))).toMatch('R1');
});

describe('R4, R5: what is committed', () => {
  it('may be told to every life from the start', () => {
    const { checkers, found } = setUp();
    const tell = () => {
      const life = checkers.committedPrefix.follow('node');
      life.deliver(batch(0, 'a'));
      life.deliver(batch(2, 'b'));
    };
    expect(found(tell)).toBeUndefined();
    expect(found(tell)).toBeUndefined();
  });

  it.each([
    ['another record at an offset', batch(0, 'x'), batch(2, 'b')],
    ['another epoch at an offset', batch(0, 'a', 2), batch(2, 'b')],
    ['a batch left out', batch(2, 'b'), batch(3, 'c')],
    ['a batch told twice', batch(0, 'a'), batch(0, 'a')],
  ])('must not differ: %s', (_what, first, second) => {
    const { checkers, found } = setUp();
    const one = checkers.committedPrefix.follow('one');
    one.deliver(batch(0, 'a'));
    one.deliver(batch(2, 'b'));
    const other = checkers.committedPrefix.follow('other');
    expect(
      found(() => {
        other.deliver(first);
        other.deliver(second);
      }),
    ).toMatch(/R[45]/);
  });
});

describe('R4: a new leader', () => {
  const marks = [{ baseOffset: 0, lastOffset: 0, epoch: 2, crc: 0 }];

  it.each([
    ['lacks what an epoch before its own committed', 4, { marks, snapshotEnd: 0 }, /R4/],
    ['was elected before that epoch and says so only now', 2, { marks, snapshotEnd: 0 }, undefined],
    ['has a snapshot of what was committed', 4, { marks: [], snapshotEnd: 1 }, undefined],
    ['has nothing, not even a snapshot', 4, { marks: [], snapshotEnd: 0 }, /R4/],
  ])('that %s', (_what, epoch, files, expected) => {
    const { checkers, found } = setUp();
    checkers.committedPrefix.follow('node').deliver(batch(0, 'a', 3));
    const text = found(() => checkers.leaderCompleteness.leads('leader', epoch, () => files));
    if (expected === undefined) expect(text).toBeUndefined();
    else expect(text).toMatch(expected);
  });
});

describe('R4: a leader that is seen after one of a later epoch', () => {
  const lacks = { marks: [{ baseOffset: 0, lastOffset: 0, epoch: 1, crc: 0 }], snapshotEnd: 0 };

  it.each([
    ['may lack what the later one committed', undefined, false],
    ['must have what was committed before the later one', /R4/, true],
  ])('%s', (_what, expected, isCommittedBefore) => {
    const { checkers, found } = setUp();
    const { committedPrefix, leaderCompleteness } = checkers;
    const node = committedPrefix.follow('node');
    const whole = { marks: [{ baseOffset: 0, lastOffset: 1, epoch: 2, crc: 0 }], snapshotEnd: 0 };
    if (isCommittedBefore) node.deliver(batch(0, 'a', 2));
    leaderCompleteness.leads('later', 7, () => whole);
    if (!isCommittedBefore) node.deliver(batch(0, 'a', 2));
    const text = found(() => leaderCompleteness.leads('late', 6, () => lacks));
    if (expected === undefined) expect(text).toBeUndefined();
    else expect(text).toMatch(expected);
  });
});

describe('R7: the high watermark of a leader', () => {
  const log = () => [
    { baseOffset: 0, lastOffset: 9, epoch: 1, crc: 0 },
    { baseOffset: 10, lastOffset: 10, epoch: 2, crc: 0 },
  ];

  it.each([
    [11, undefined],
    [10, 'R7 own epoch commit'],
    [5, 'R7 own epoch commit'],
  ])('moved to %d in an epoch that begins at 10: %s', (highWatermark, verdict) => {
    const { checkers, world } = setUp();
    const { ownEpochCommit } = checkers;
    ownEpochCommit.leads({ nodeId: 1, epoch: 2, highWatermark: 3, log });
    ownEpochCommit.leads({ nodeId: 1, epoch: 2, highWatermark, log });
    expect(world.violation?.invariant).toBe(verdict);
  });
});

const DIRECTORY = 'AAAAAAAAAAAAAAAAAAAAAQ';
const OTHER_DIRECTORY = 'AAAAAAAAAAAAAAAAAAAAAg';

describe('R2: a vote that was answered', () => {
  async function vote(checkers: QuorumCheckers, { preVote = false, voteGranted = true } = {}): Promise<void> {
    const request = voteRpc.encodeRequest({
      type: 'vote',
      clusterId: 'c',
      voter: { id: 1 },
      epoch: 5,
      candidate: { id: 2, directoryId: DIRECTORY },
      lastEpoch: 0,
      lastOffset: offset(0),
      preVote,
    });
    const response = voteRpc.encodeResponse({
      type: 'vote',
      error: 'NONE',
      epoch: 5,
      leaderId: -1,
      voteGranted,
    });
    let serve: ((bytes: Uint8Array) => Promise<unknown>) | undefined;
    const host = checkers.durableVotes.watch(1, {
      unary: (_method, handler) => (serve = (bytes) => handler(bytes, { peer: '' })),
      stream: () => undefined,
    });
    host.unary(voteRpc.method, () => Promise.resolve(success(response)));
    await serve?.(request);
  }
  const state = (leaderEpoch: number, votedId: number) => ({
    leaderId: -1,
    leaderEpoch,
    votedId,
    votedDirectoryId: ZERO_UUID,
  });

  it.each([
    ['the same vote', state(5, 2), undefined],
    ['a later epoch', state(6, -1), undefined],
    ['an earlier epoch', state(4, 2), 'R2 durable vote'],
    ['no vote', state(5, -1), 'R2 durable vote'],
    ['a vote for another', state(5, 3), 'R2 durable vote'],
  ])('is held against %s at the next start', async (_what, restored, verdict) => {
    const { checkers, world } = setUp();
    await vote(checkers);
    checkers.durableVotes.starts(1, DIRECTORY, restored);
    expect(world.violation?.invariant).toBe(verdict);
  });

  it.each([
    ['its own vote', state(5, 2), DIRECTORY, undefined],
    ['no vote', state(5, -1), DIRECTORY, 'R2 durable vote'],
    ['a vote for another', state(5, 1), DIRECTORY, 'R2 durable vote'],
    ['an earlier epoch', state(4, -1), DIRECTORY, 'R2 durable vote'],
    ['another disk', state(0, -1), OTHER_DIRECTORY, undefined],
  ])('of a candidate for itself is held against %s at its next start', async (_what, restored, directory, verdict) => {
    const { checkers, world } = setUp();
    await vote(checkers, { voteGranted: false });
    checkers.durableVotes.starts(2, directory, restored);
    expect(world.violation?.invariant).toBe(verdict);
  });

  it.each([{ preVote: true }, { voteGranted: false }])('binds nobody when it was none: %j', async (kind) => {
    const { checkers, world } = setUp();
    await vote(checkers, kind);
    checkers.durableVotes.starts(1, DIRECTORY, state(4, -1));
    expect(world.violation).toBeUndefined();
  });
});
