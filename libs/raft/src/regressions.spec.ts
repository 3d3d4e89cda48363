import { offset, type Offset } from '@milena/model';
import type { RaftRequest, RaftResponse } from './messages';
import type { RaftEffects } from './raft-effects';
import { sampleRequests } from './testing/sample-requests';
import { startedQuorum } from './testing/started-quorum';
import { TestCluster, testVoter, type TestClusterOptions } from './testing/test-cluster';
import { testEndpoint, type TestNode } from './testing/test-node';
import { encodeTextBatch } from './testing/text-batches';

/*
 * Bugs that Kafka had, as far as a rule of the state machine keeps them out and no transcript tells it better. What is
 * proven elsewhere is listed in testdata/README.md.
 */

const { vote, fetch } = sampleRequests;

/** Three voters of which 3 leads epoch 1 with `<leaderChange> a` committed. */
function quorum(options: Partial<TestClusterOptions> = {}): TestCluster {
  return startedQuorum({ ...options, values: ['a'], settleMs: 100 });
}

/** What a node that is only a script hears. It answers what `answer` gives, or nothing. */
function script(
  cluster: TestCluster,
  id: number,
  answer: (request: RaftRequest) => RaftResponse | undefined = () => undefined,
): RaftRequest[] {
  const heard: RaftRequest[] = [];
  cluster.network.peers.set(id, {
    isUp: () => true,
    life: () => 1,
    serve: (request, reply) => {
      heard.push(request);
      const response = answer(request);
      if (response !== undefined) reply(response);
    },
  });
  return heard;
}

describe('a leader that resigned', () => {
  function resigned(): TestCluster {
    const cluster = quorum();
    for (const id of [1, 2]) cluster.network.isolate(3, id);
    cluster.node(3).input((raft) => {
      raft.resign(1);
    });
    expect(cluster.node(3).raft?.leadership.role).toBe('resigned');
    return cluster;
  }

  test('KAFKA-10661: does not serve its epoch any more, and leaves it for the next one', () => {
    const cluster = resigned();
    expect(cluster.ask(3, fetch)).toMatchObject({ error: 'NOT_LEADER_OR_FOLLOWER', leaderId: -1 });
    cluster.runUntil(() => cluster.node(3).raft?.leadership.role !== 'resigned');
    expect(cluster.node(3).raft?.leadership).toMatchObject({ epoch: 2, leaderId: undefined });
  });

  test('KAFKA-12607: grants its vote in a later epoch, and a pre-vote in its own', () => {
    const cluster = resigned();
    const preVote = { ...vote, epoch: 1, preVote: true };
    expect(cluster.ask(3, preVote)).toMatchObject({ error: 'NONE', voteGranted: true, epoch: 1 });
    expect(cluster.ask(3, vote)).toMatchObject({ error: 'NONE', voteGranted: true, epoch: 2 });
  });

  test('KAFKA-17333: is told to nobody as the leader', () => {
    const cluster = resigned();
    expect(cluster.node(3).raft?.leadership).toMatchObject({ leaderId: undefined, epochStartOffset: undefined });
  });
});

test('KAFKA-15345: a leader of an empty log says where its epoch starts, and commits a record behind that', () => {
  const cluster = new TestCluster({ voters: 1 });
  cluster.node(1).start();
  cluster.run(10);
  expect(cluster.node(1).raft?.leadership.epochStartOffset).toBe(0);
  expect(cluster.node(1).raft?.highWatermark).toBe(1);
});

describe('who must flush', () => {
  function flushesOf(
    id: number,
    options: Partial<TestClusterOptions>,
  ): { cluster: TestCluster; flushes: RaftEffects[] } {
    const flushes: RaftEffects[] = [];
    const observer = {
      effects: (node: TestNode, effects: RaftEffects) => {
        if (node.id === id && effects.flush !== undefined) flushes.push(effects);
      },
      received: () => undefined,
      answers: () => undefined,
    };
    return { cluster: quorum({ ...options, observer }), flushes };
  }

  test('KAFKA-13884: an observer that can never vote appends without a flush', () => {
    const { cluster, flushes } = flushesOf(101, { observers: 1 });
    expect(cluster.node(101).log.endOffset()).toBe(2);
    expect(flushes).toEqual([]);
  });

  test('KAFKA-17332: a controller that may become a voter flushes before it fetches on', () => {
    const { cluster, flushes } = flushesOf(4, { joiners: 1, joinerFlushMs: 500, source: 'checkpoint' });
    const known = (): Offset | undefined =>
      cluster.leader?.raft?.describe().observers.find(({ replica }) => replica.id === 4)?.logEndOffset;
    const before = known();
    cluster.leader?.append(['b']);
    cluster.run(300);
    expect(cluster.node(4).log.endOffset()).toBeGreaterThan(before ?? 0);
    expect(known()).toBe(before);
    cluster.run(2000);
    expect(known()).toBe(cluster.leader?.log.endOffset());
    expect(flushes.length).toBeGreaterThan(0);
  });
});

test('KAFKA-15100: a fetch whose leader stepped down is answered once, and its wait ends in nothing', () => {
  const cluster = quorum();
  const leader = cluster.node(3);
  const answers: RaftResponse[] = [];
  leader.serve({ ...fetch, replica: { id: 101 }, highWatermark: offset(2), maxWaitMs: 300 }, (response) => {
    answers.push(response);
  });
  leader.input((raft) => {
    raft.resign(1);
  });
  cluster.run(1000);
  expect(answers).toMatchObject([{ error: 'NOT_LEADER_OR_FOLLOWER' }]);
});

describe('check-quorum', () => {
  test('KAFKA-15489: a leader that hears of one voter of four others steps down', () => {
    const cluster = new TestCluster({ voters: 5, seed: 1 });
    for (const node of cluster.nodes.values()) node.start();
    cluster.runUntil(() => cluster.leader?.raft?.highWatermark !== undefined);
    cluster.run(100);
    const leader = cluster.node(cluster.leader?.id ?? 0);
    const [, ...cutOff] = [1, 2, 3, 4, 5].filter((id) => id !== leader.id);
    for (const id of cutOff) {
      cluster.network.isolate(leader.id, id);
      cluster.node(id).kill({ losesUnflushed: false });
    }
    cluster.run(2900);
    expect(leader.raft?.leadership.role).toBe('leader');
    cluster.run(300);
    expect(leader.raft?.leadership.role).not.toBe('leader');
  });

  test('KAFKA-16144: the only voter never does', () => {
    const cluster = new TestCluster({ voters: 1 });
    cluster.node(1).start();
    cluster.run(100_000);
    expect(cluster.node(1).raft?.leadership).toMatchObject({ role: 'leader', epoch: 1 });
  });
});

test('KAFKA-16926, KAFKA-16536: who fetches is not told again who leads, and who does not is told without end', () => {
  const cluster = quorum();
  cluster.node(2).kill({ losesUnflushed: false });
  const heard = script(cluster, 2, ({ type }) =>
    type === 'beginQuorumEpoch' ? { type, error: 'NONE', epoch: 1, leaderId: 3 } : undefined,
  );
  let toldFetching = 0;
  const real = cluster.network.peers.get(1);
  if (real === undefined) throw new Error('no peer 1');
  cluster.network.peers.set(1, {
    isUp: () => real.isUp(),
    life: () => real.life(),
    serve: (request, reply) => {
      if (request.type === 'beginQuorumEpoch') toldFetching += 1;
      real.serve(request, reply);
    },
  });
  cluster.run(10_000);
  expect(toldFetching).toBe(0);
  const told = heard.filter(({ type }) => type === 'beginQuorumEpoch').length;
  expect(told).toBeGreaterThanOrEqual(9);
  expect(told).toBeLessThanOrEqual(11);
});

describe('KAFKA-17067: only a voter stands for election', () => {
  test('an observer waits for ever', () => {
    const cluster = new TestCluster({ voters: 3, observers: 1 });
    cluster.node(101).start();
    cluster.run(60_000);
    expect(cluster.node(101).raft?.leadership).toMatchObject({ role: 'unattached', epoch: 0 });
  });

  test('and so does a node with the id of a voter and another directory (KAFKA-17426)', () => {
    const cluster = new TestCluster({ voters: 3, source: 'checkpoint' });
    const node = cluster.node(1);
    node.self = { id: 1, directoryId: 'another-directory' };
    node.start();
    cluster.run(60_000);
    expect(node.raft?.leadership).toMatchObject({ role: 'unattached', epoch: 0 });
  });
});

describe('KAFKA-17426: a node is its id and its directory', () => {
  test('a request meant for the disk that was there before is refused', () => {
    const cluster = quorum({ source: 'checkpoint' });
    const voter = { id: 1, directoryId: 'another-directory' };
    const answer = (request: RaftRequest) => cluster.ask(1, request).error;
    const leaderEndpoint = testEndpoint(3);
    const begin = { clusterId: 'test-cluster', voter, leaderId: 3, epoch: 1 } as const;
    expect(answer({ ...begin, type: 'beginQuorumEpoch', leaderEndpoint })).toBe('INVALID_VOTER_KEY');
    expect(answer({ ...begin, type: 'endQuorumEpoch', preferredCandidates: [] })).toBe('INVALID_VOTER_KEY');
    expect(answer({ ...vote, voter })).toBe('INVALID_VOTER_KEY');
  });

  test('fetches with the id of a voter and another directory commit nothing', () => {
    const cluster = quorum({ source: 'checkpoint' });
    const leader = cluster.node(3);
    const before = leader.raft?.highWatermark;
    for (const id of [1, 2]) cluster.node(id).kill({ losesUnflushed: false });
    leader.append(['b']);
    cluster.run(50);
    const replica = { id: 1, directoryId: 'another-directory' };
    cluster.ask(leader.id, { ...fetch, replica, fetchOffset: leader.log.endOffset() });
    expect(leader.raft?.highWatermark).toBe(before);
    cluster.ask(leader.id, { ...fetch, replica: testVoter(1, 'checkpoint').key, fetchOffset: leader.log.endOffset() });
    expect(leader.raft?.highWatermark).toBe(leader.log.endOffset());
  });
});

test('KAFKA-18345: a candidate that loses again and again waits out its election timeouts', () => {
  const cluster = new TestCluster({ voters: 3, seed: 1 });
  const facts = { error: 'NONE', leaderId: -1 } as const;
  for (const id of [2, 3]) {
    script(cluster, id, (request) => {
      if (request.type !== 'vote') return undefined;
      return { type: 'vote', ...facts, epoch: request.epoch, voteGranted: request.preVote };
    });
  }
  cluster.node(1).start();
  cluster.run(20_000);
  const { epoch } = cluster.node(1).raft?.leadership ?? {};
  expect(epoch).toBeGreaterThan(10);
  // Eager attempts at the start, then one epoch in each timeout of 1 to 2 s.
  expect(epoch).toBeLessThanOrEqual(8 + 20);
});

describe('KAFKA-18723: what was fetched in one epoch is not appended in another', () => {
  const records = encodeTextBatch({ baseOffset: 2, epoch: 1, values: ['stale'] });

  test('records that come after their leader was replaced are dropped', () => {
    const cluster = quorum();
    const follower = cluster.node(1);
    let answerFetch: ((response: RaftResponse) => void) | undefined;
    cluster.node(3).kill({ losesUnflushed: false });
    cluster.node(2).kill({ losesUnflushed: false });
    follower.kill({ losesUnflushed: false });
    cluster.network.peers.set(3, {
      isUp: () => true,
      life: () => 1,
      serve: (request, reply) => {
        if (request.type === 'fetch') answerFetch = reply;
      },
    });
    follower.start();
    cluster.run(5);
    const begin = { type: 'beginQuorumEpoch', clusterId: 'test-cluster', voter: { id: 1 } } as const;
    cluster.ask(follower.id, { ...begin, leaderId: 2, epoch: 2, leaderEndpoint: testEndpoint(2) });
    answerFetch?.({ type: 'fetch', error: 'NONE', epoch: 1, leaderId: 3, logStartOffset: offset(0), records });
    cluster.run(5);
    expect(follower.raft?.leadership).toMatchObject({ epoch: 2, leaderId: 2 });
    expect(follower.log.endOffset()).toBe(2);
  });
});

test('KAFKA-19354: an observer whose leader is silent asks somebody else once, and then the leader again', () => {
  let askedElsewhere = 0;
  const received = (node: TestNode, message: RaftRequest | RaftResponse) => {
    if (node.id < 3 && message.type === 'fetch' && 'replica' in message && message.replica.id === 101)
      askedElsewhere += 1;
  };
  const cluster = quorum({ observers: 1, observer: { effects: () => undefined, answers: () => undefined, received } });
  askedElsewhere = 0;
  cluster.network.isolate(101, 3);
  cluster.run(20_000);
  // Each fetch that the leader does not answer takes 2 s to time out.
  expect(askedElsewhere).toBeGreaterThanOrEqual(5);
  expect(askedElsewhere).toBeLessThanOrEqual(10);
  cluster.leader?.append(['b']);
  cluster.network.heal();
  cluster.run(2500);
  expect(cluster.node(101).raft?.highWatermark).toBe(3);
});

test('KAFKA-12181: a voter that fetches from an earlier offset is believed', () => {
  const cluster = quorum();
  const leader = cluster.node(3);
  for (const id of [1, 2]) cluster.node(id).kill({ losesUnflushed: false });
  const voter = () => leader.raft?.describe().voters.find(({ replica }) => replica.id === 1);
  expect(voter()?.logEndOffset).toBe(2);
  cluster.ask(leader.id, { ...fetch, fetchOffset: offset(0), lastFetchedEpoch: 0 });
  expect(voter()?.logEndOffset).toBe(0);
  expect(leader.raft?.highWatermark).toBe(2);
});

describe('KAFKA-14240: a replica starts only on a log and snapshots that fit', () => {
  test('not when what lies before the log start is in no snapshot', () => {
    const node = new TestCluster({ voters: 3 }).node(1);
    node.log.append(encodeTextBatch({ baseOffset: 0, epoch: 1, values: ['a', 'b'] }));
    node.log.cleanTo({ offset: offset(2), epoch: 1 });
    expect(() => {
      node.start();
    }).toThrow('what is before the log start is in a snapshot');
  });

  test('not when the log does not go on from the newest snapshot', () => {
    const node = new TestCluster({ voters: 3 }).node(1);
    node.log.append(encodeTextBatch({ baseOffset: 0, epoch: 1, values: ['a', 'b'] }));
    node.log.makeSnapshot(offset(2));
    node.log.truncateTo(offset(0));
    node.log.recover = () => undefined;
    expect(() => {
      node.start();
    }).toThrow('the log goes on from the newest snapshot');
  });
});
