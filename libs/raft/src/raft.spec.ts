import { offset, ZERO_OFFSET } from '@milena/model';
import type {
  BeginQuorumEpochRequest,
  EndQuorumEpochRequest,
  RaftRequest,
  RaftResponse,
  VoteRequest,
} from './messages';
import { sampleRequests } from './testing/sample-requests';
import { startedQuorum } from './testing/started-quorum';
import { TestCluster, testVoters } from './testing/test-cluster';
import { testEndpoint } from './testing/test-node';
import { encodeTextBatch } from './testing/text-batches';

const { vote, fetch } = sampleRequests;

/** Voter 1 tells 3 that it leads epoch 5. */
const begin: BeginQuorumEpochRequest = {
  type: 'beginQuorumEpoch',
  clusterId: 'test-cluster',
  voter: { id: 3 },
  leaderId: 1,
  epoch: 5,
  leaderEndpoint: testEndpoint(1),
};
/** Voter 1 tells 3 that it stops leading epoch 5. */
const end: EndQuorumEpochRequest = {
  type: 'endQuorumEpoch',
  clusterId: 'test-cluster',
  voter: { id: 3 },
  leaderId: 1,
  epoch: 5,
  preferredCandidates: [{ id: 3 }],
};

/** The last epoch that its field holds. */
const ABSURD = 2 ** 31 - 1;

/** Three voters of which 3 leads epoch 1 with `<leaderChange> a` committed. */
function quorum(observers = 0): TestCluster {
  return startedQuorum({ observers, values: ['a'], settleMs: 100 });
}

describe('requests are checked in order', () => {
  test.each<[string, RaftRequest]>([
    ['INCONSISTENT_CLUSTER_ID', { ...vote, clusterId: 'other', epoch: 99 }],
    ['INVALID_REQUEST', { ...vote, lastEpoch: 2 }],
    ['INVALID_REQUEST', { ...vote, preVote: true, lastEpoch: 3 }],
    ['FENCED_LEADER_EPOCH', { ...vote, epoch: 0, lastEpoch: 0, preVote: true }],
    ['INVALID_VOTER_KEY', { ...vote, voter: { id: 2 } }],
    ['INCONSISTENT_CLUSTER_ID', { ...fetch, clusterId: 'other' }],
    ['FENCED_LEADER_EPOCH', { ...fetch, epoch: 0 }],
    ['UNKNOWN_LEADER_EPOCH', { ...fetch, epoch: 2 }],
    ['INVALID_REQUEST', { ...fetch, lastFetchedEpoch: 2 }],
    ['INVALID_REQUEST', { ...fetch, replica: { id: 3 } }],
    ['INCONSISTENT_CLUSTER_ID', { type: 'describeQuorum', clusterId: 'other' }],
    ['INCONSISTENT_CLUSTER_ID', { ...begin, clusterId: 'other', epoch: 0, voter: { id: 1 } }],
    ['FENCED_LEADER_EPOCH', { ...begin, epoch: 0, voter: { id: 1 } }],
    ['INVALID_VOTER_KEY', { ...begin, voter: { id: 1 } }],
    ['INCONSISTENT_CLUSTER_ID', { ...end, clusterId: 'other', epoch: 0, voter: { id: 1 } }],
    ['FENCED_LEADER_EPOCH', { ...end, epoch: 0, voter: { id: 1 } }],
    ['INVALID_VOTER_KEY', { ...end, voter: { id: 1 } }],
  ])('%s', (error, request) => {
    const cluster = quorum();
    expect(cluster.ask(3, request).error).toBe(error);
  });

  test.each<[string, RaftRequest]>([
    ['vote', { ...vote, epoch: ABSURD }],
    ['vote meant for another', { ...vote, voter: { id: 2 }, epoch: ABSURD, preVote: true }],
    ['begin', { ...begin, epoch: ABSURD }],
    ['end', { ...end, epoch: ABSURD }],
  ])('an epoch that no election can have led to is not believed: %s', (_, request) => {
    const cluster = quorum();
    const before = cluster.node(3).raft?.leadership;
    expect(cluster.ask(3, request)).toMatchObject({ error: 'INVALID_REQUEST', epoch: 1 });
    expect(cluster.node(3).raft?.leadership).toEqual(before);
  });

  test('nor in an answer; and that of an old quorum is, by a replica that is new', () => {
    const cluster = quorum();
    const answer = (epoch: number): RaftResponse => {
      return { type: 'vote', error: 'NONE', epoch, leaderId: -1, voteGranted: true };
    };
    cluster.node(2).raft?.response(999, answer(ABSURD));
    expect(cluster.node(2).raft?.leadership.epoch).toBe(1);
    cluster.node(2).raft?.response(999, answer(2_000_000));
    expect(cluster.node(2).raft?.leadership.epoch).toBe(2_000_000);
  });

  test('whoever does not know the cluster yet may ask how the quorum is', () => {
    const cluster = quorum();
    expect(cluster.ask(3, { type: 'describeQuorum' }).error).toBe('NONE');
  });

  test.each<[string, RaftRequest]>([
    ['vote', { ...vote, epoch: 99 }],
    ['begin', begin],
    ['end', end],
  ])('a stranger from another cluster learns and changes nothing by %s', (_, request) => {
    const cluster = quorum();
    const before = cluster.node(3).raft?.leadership;
    const answer = cluster.ask(3, { ...request, clusterId: 'other' });
    expect(answer).toEqual({
      type: request.type,
      error: 'INCONSISTENT_CLUSTER_ID',
      epoch: 0,
      leaderId: -1,
      ...(request.type === 'vote' && { voteGranted: false }),
    });
    expect(before).toMatchObject({ role: 'leader', epoch: 1 });
    expect(cluster.node(3).raft?.leadership).toEqual(before);
  });

  test.each<[string, RaftRequest]>([
    ['begin', begin],
    ['end', end],
  ])('and the same %s from the own cluster is heeded', (_, request) => {
    const cluster = quorum();
    expect(cluster.ask(3, request)).toMatchObject({ error: 'NONE' });
    expect(cluster.node(3).raft?.leadership.epoch).toBeGreaterThanOrEqual(5);
  });

  test('who does not lead says who does', () => {
    const cluster = quorum();
    const answer = cluster.ask(2, { ...fetch, replica: { id: 101 } });
    expect(answer).toMatchObject({ error: 'NOT_LEADER_OR_FOLLOWER', leaderId: 3, leaderEndpoint: testEndpoint(3) });
  });
});

describe('votes', () => {
  test('a vote is given once in an epoch, and again to the same candidate', () => {
    const cluster = quorum();
    const node = cluster.node(2);
    const request = { ...vote, voter: { id: 2 }, epoch: 5 };
    expect(cluster.ask(node.id, request)).toMatchObject({ voteGranted: true, epoch: 5 });
    expect(cluster.ask(node.id, request)).toMatchObject({ voteGranted: true });
    expect(cluster.ask(node.id, { ...request, candidate: { id: 3 } })).toMatchObject({ voteGranted: false });
    expect(cluster.ask(node.id, { ...request, candidate: { id: 1, directoryId: 'x' } })).toMatchObject({
      voteGranted: true,
    });
    expect(node.file).toMatchObject({ leaderEpoch: 5, votedId: 1 });
  });

  test('a candidate that comes back with less of the log has lost the vote it was given', () => {
    const cluster = quorum();
    const node = cluster.node(2);
    const request = { ...vote, voter: { id: 2 }, epoch: 5 };
    expect(cluster.ask(node.id, request)).toMatchObject({ voteGranted: true, epoch: 5 });
    expect(cluster.ask(node.id, { ...request, lastOffset: ZERO_OFFSET })).toMatchObject({ voteGranted: false });
    expect(cluster.ask(node.id, request)).toMatchObject({ voteGranted: true });
  });

  test('a pre-vote is refused by the leader and by followers that fetch from it, and raises no epoch', () => {
    const cluster = quorum();
    for (const id of [2, 3]) {
      const request: VoteRequest = { ...vote, voter: { id }, epoch: 1, preVote: true };
      expect(cluster.ask(id, request)).toMatchObject({ voteGranted: false, epoch: 1, leaderId: 3 });
    }
  });
});

describe('a leader that crashed before its quorum-state file said that it leads', () => {
  it.each([
    ['and after it appended, asks for no vote in that epoch', 0, 'unattached'],
    ['and before it appended, is a candidate still', 1, 'candidate'],
  ])('%s', (_when, epochsAhead, role) => {
    const cluster = quorum();
    const leader = cluster.node(3);
    leader.kill({ losesUnflushed: false });
    for (const id of [1, 2]) cluster.network.isolate(3, id);
    leader.file = {
      leaderId: -1,
      leaderEpoch: 1 + epochsAhead,
      votedId: 3,
      votedDirectoryId: leader.file.votedDirectoryId,
    };
    leader.start();
    expect(leader.raft?.leadership).toMatchObject({ role, epoch: 1 + epochsAhead });
  });
});

describe('a pre-vote that is answered UNSUPPORTED_VERSION', () => {
  /** Voter 1 stands because its leader 3 is gone, and voter 2, who would else grant it, answers this to pre-votes. */
  function standing(error: 'UNSUPPORTED_VERSION' | 'INVALID_REQUEST') {
    const cluster = quorum();
    const asked: VoteRequest[] = [];
    cluster.node(2).kill({ losesUnflushed: false });
    cluster.network.peers.set(2, {
      isUp: () => true,
      life: () => 99,
      serve: (request, reply) => {
        if (request.type !== 'vote') return;
        asked.push(request);
        reply({ type: 'vote', error, epoch: 1, leaderId: -1, voteGranted: false });
      },
    });
    cluster.node(3).kill({ losesUnflushed: false });
    cluster.runUntil(() => asked.length > 0);
    cluster.run(4);
    return { cluster, asked };
  }

  test('makes the asker a candidate at once, for nobody there could grant one', () => {
    const { cluster, asked } = standing('UNSUPPORTED_VERSION');
    expect(asked[0]).toMatchObject({ preVote: true, epoch: 1 });
    expect(asked[1]).toMatchObject({ preVote: false, epoch: 2, candidate: { id: 1 } });
    expect(cluster.node(1).file).toMatchObject({ leaderEpoch: 2, votedId: 1, leaderId: -1 });
    expect(cluster.node(1).raft?.leadership).toMatchObject({ role: 'candidate', epoch: 2 });
  });

  test('and no other error does', () => {
    const { cluster, asked } = standing('INVALID_REQUEST');
    cluster.run(5000);
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.every(({ preVote, epoch }) => preVote && epoch === 1)).toBe(true);
    expect(cluster.node(1).raft?.leadership.epoch).toBe(1);
  });
});

describe('fetches', () => {
  test('a parked fetch is answered by an append, by the high watermark and by the end of its wait', () => {
    const cluster = quorum();
    cluster.run(50);
    const leader = cluster.node(3);
    const answers: RaftResponse[] = [];
    const park = () => {
      const request = { ...fetch, replica: { id: 101 }, fetchOffset: leader.log.endOffset(), maxWaitMs: 300 };
      leader.serve({ ...request, highWatermark: leader.raft?.highWatermark ?? ZERO_OFFSET }, (answer) => {
        answers.push(answer);
      });
    };
    park();
    leader.append(['b']);
    expect(answers).toMatchObject([{ error: 'NONE', highWatermark: 2 }]);
    park();
    cluster.run(20);
    expect(answers[1]).toMatchObject({ error: 'NONE', highWatermark: 3 });
    park();
    cluster.run(299);
    expect(answers).toHaveLength(2);
    cluster.run(1);
    expect(answers[2]).toMatchObject({ error: 'NONE', highWatermark: 3 });
  });

  test('a leader that steps down sends parked fetches away', () => {
    const cluster = quorum();
    const leader = cluster.node(3);
    let answer: RaftResponse | undefined;
    leader.serve({ ...fetch, replica: { id: 101 }, highWatermark: offset(2), maxWaitMs: 500 }, (response) => {
      answer = response;
    });
    leader.input((raft) => {
      raft.resign(1);
    });
    expect(answer).toMatchObject({ error: 'NOT_LEADER_OR_FOLLOWER', leaderId: -1 });
  });

  test.each([
    ['damaged', { baseOffset: 2, epoch: 1, values: ['x'], isDamaged: true }],
    ['of a later epoch', { baseOffset: 2, epoch: 2, values: ['x'] }],
    ['of an earlier epoch', { baseOffset: 2, epoch: 0, values: ['x'] }],
    ['at another offset', { baseOffset: 3, epoch: 1, values: ['x'] }],
  ])('a batch %s is not appended, and those before it are', (_, bad) => {
    const cluster = quorum();
    const good = { baseOffset: 2, epoch: 1, values: ['good'] };
    const shifted = { ...bad, baseOffset: bad.baseOffset + 1 };
    const follower = cluster.node(1);
    cluster.node(3).kill({ losesUnflushed: false });
    const records = Buffer.concat([encodeTextBatch(good), encodeTextBatch(shifted)]);
    answerNextFetch(cluster, records);
    cluster.run(6);
    expect(follower.log.contents.at(-1)).toEqual(good);
  });
});

/** Node 3 answers the fetches with these records, as a broken leader of epoch 1 would. */
function answerNextFetch(cluster: TestCluster, records: Buffer): void {
  cluster.network.peers.set(3, {
    isUp: () => true,
    life: () => 99,
    serve: (request, reply) => {
      if (request.type !== 'fetch' || request.replica.id !== 1) return;
      reply({ type: 'fetch', error: 'NONE', epoch: 1, leaderId: 3, logStartOffset: ZERO_OFFSET, records });
    },
  });
  cluster.node(1).kill({ losesUnflushed: false });
  cluster.node(1).start();
}

describe('appends', () => {
  test('only the leader of the epoch appends', () => {
    const cluster = quorum();
    const encode = () => encodeTextBatch({ baseOffset: 2, epoch: 1, values: ['x'] });
    expect(cluster.node(1).raft?.append(1, encode)).toMatchObject({ ok: false, error: { code: 'NOT_CONTROLLER' } });
    expect(cluster.node(3).raft?.append(0, encode)).toMatchObject({ ok: false, error: { code: 'NOT_CONTROLLER' } });
    expect(cluster.node(3).raft?.append(1, encode)).toEqual({ ok: true, value: { baseOffset: 2, lastOffset: 2 } });
  });

  test('a leader that cannot commit takes no more than its limit', () => {
    const cluster = new TestCluster({ voters: 1, flushMs: 1000, settings: { uncommittedRecordsMax: 3 } });
    const node = cluster.node(1);
    node.start();
    expect(node.append(['a', 'b'])).toBe('appended at 1');
    expect(node.append(['c'])).toBe('THROTTLING_QUOTA_EXCEEDED');
    cluster.run(1000);
    expect(node.append(['c'])).toBe('appended at 3');
  });
});

describe('describe', () => {
  test('a replica is caught up when it has all, or all there was at its fetch before', () => {
    const cluster = quorum(1);
    const leader = cluster.node(3);
    cluster.network.isolate(101, 3);
    cluster.run(1000);
    const told = () => leader.raft?.describe().observers.find(({ replica }) => replica.id === 101);
    const caughtUp = told()?.lastCaughtUpTimestamp;
    leader.append(['b']);
    cluster.ask(leader.id, { ...fetch, replica: { id: 101 } });
    const fetchedAt = told()?.lastFetchTimestamp ?? 0;
    expect(told()).toMatchObject({ logEndOffset: 2, lastCaughtUpTimestamp: expect.any(Number) });
    expect(told()?.lastCaughtUpTimestamp).toBeGreaterThanOrEqual(caughtUp ?? 0);
    leader.append(['c']);
    cluster.ask(leader.id, { ...fetch, replica: { id: 101 }, fetchOffset: offset(3) });
    expect(told()).toMatchObject({ logEndOffset: 3, lastCaughtUpTimestamp: fetchedAt });
  });

  test('the only voter that resigns leads a later epoch', () => {
    const cluster = new TestCluster({ voters: 1 });
    const node = cluster.node(1);
    node.start();
    cluster.run(10);
    node.input((raft) => {
      raft.resign(1);
    });
    expect(node.raft?.leadership).toMatchObject({ role: 'leader', epoch: 3 });
  });
});

describe('voter sets in the log', () => {
  test('the first leader writes the bootstrap voters, the next one does not, and a restart finds them', () => {
    const cluster = new TestCluster({ voters: 3, seed: 1, source: 'checkpoint' });
    for (const node of cluster.nodes.values()) node.start();
    cluster.runUntil(() => cluster.leader?.raft?.highWatermark !== undefined);
    const first = cluster.leader;
    expect(first?.log.contents[0]?.values).toEqual(['<leaderChange>', '<kraftVersion>', '<voters>']);
    cluster.run(20);
    first?.kill({ losesUnflushed: true });
    cluster.runUntil(() => cluster.leader?.raft?.highWatermark !== undefined);
    expect(cluster.leader?.log.contents.at(-1)?.values).toEqual(['<leaderChange>']);
    first?.start();
    expect(first?.raft?.voters.voters).toEqual(testVoters(3, 'checkpoint').voters);
  });
});
