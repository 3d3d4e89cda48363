import { offset } from '@milena/model';
import type { RaftRequest } from './messages';
import { sampleRequests } from './testing/sample-requests';
import { startedQuorum } from './testing/started-quorum';
import { TestCluster } from './testing/test-cluster';
import { testDirectory, testEndpoint } from './testing/test-node';

const { addVoter: add, updateVoter: update } = sampleRequests;

/** Voters 1 to 3, of which 3 leads epoch 1, controller 4 that follows, and an observer 101. */
function quorum(source: 'static' | 'checkpoint' = 'checkpoint', autoJoin = false): TestCluster {
  return startedQuorum({ joiners: 1, observers: 1, source, autoJoin, settleMs: 600 });
}

describe('changes of the voter set are checked', () => {
  test.each<[string, RaftRequest]>([
    ['INCONSISTENT_CLUSTER_ID', { ...add, clusterId: 'other' }],
    ['INVALID_REQUEST', { ...add, voter: { id: 4 } }],
    ['DUPLICATE_VOTER', { ...add, voter: { id: 1, directoryId: 'another' } }],
    ['INVALID_VOTER_KEY', { ...add, voter: { id: 4, directoryId: 'another' } }],
    ['VOTER_NOT_FOUND', { type: 'removeVoter', voter: { id: 1, directoryId: 'another' } }],
    ['VOTER_NOT_FOUND', { type: 'removeVoter', voter: { id: 4, directoryId: 'disk4' } }],
    ['FENCED_LEADER_EPOCH', { ...update, epoch: 0 }],
    ['UNKNOWN_LEADER_EPOCH', { ...update, epoch: 2 }],
    ['VOTER_NOT_FOUND', { ...update, voter: { id: 1, directoryId: 'another' } }],
    ['INVALID_REQUEST', { ...update, kraftVersions: { min: 0, max: 0 } }],
  ])('%s: %j', (error, request) => {
    const cluster = quorum();
    const end = cluster.node(3).log.endOffset();
    expect(cluster.ask(3, request)).toMatchObject({ type: request.type, error });
    expect(cluster.node(3).log.endOffset()).toBe(end);
  });

  test.each<[string, RaftRequest]>([
    ['UNSUPPORTED_VERSION', add],
    ['UNSUPPORTED_VERSION', { type: 'removeVoter', voter: { id: 1, directoryId: 'disk1' } }],
    ['NONE', { ...update, endpoint: testEndpoint(2) }],
  ])('nothing changes voters that are fixed by configuration: %s to %j', (error, request) => {
    const cluster = quorum('static');
    const { voters } = cluster.node(3).raft ?? {};
    expect(cluster.node(3).raft?.kraftVersion).toBe(0);
    expect(cluster.ask(3, request)).toMatchObject({ error });
    expect(cluster.node(3).raft?.voters).toBe(voters);
  });

  test('who does not lead says who does', () => {
    const cluster = quorum();
    const answer = cluster.ask(1, add);
    expect(answer).toMatchObject({ error: 'NOT_LEADER_OR_FOLLOWER', leaderId: 3, leaderEndpoint: testEndpoint(3) });
  });

  test('the only voter stays', () => {
    const cluster = new TestCluster({ voters: 1, source: 'checkpoint' });
    cluster.node(1).start();
    cluster.run(50);
    const request: RaftRequest = { type: 'removeVoter', voter: { id: 1, directoryId: 'disk1' } };
    expect(cluster.ask(1, request)).toMatchObject({ error: 'INVALID_REQUEST' });
  });

  test('nothing changes before the leader has committed a record of its epoch', () => {
    const cluster = new TestCluster({ voters: 1, joiners: 1, source: 'checkpoint', flushMs: 1000 });
    cluster.node(1).start();
    cluster.run(100);
    expect(cluster.ask(1, { ...add, voter: { id: 2, directoryId: 'disk2' } })).toMatchObject({
      error: 'REQUEST_TIMED_OUT',
      message: 'the leader has not committed a record of its epoch yet',
    });
  });
});

describe('the voter set', () => {
  test('KAFKA-20661: an endpoint that nobody can reach does not get into it', () => {
    const cluster = quorum();
    const unreachable = { ...update, endpoint: { ...testEndpoint(1), port: 9999 } };
    expect(cluster.ask(3, unreachable)).toMatchObject({ error: 'REQUEST_TIMED_OUT' });
    expect(cluster.node(3).raft?.voters.endpoint(1)).toEqual(testEndpoint(1));
  });

  test('KAFKA-17751, KAFKA-19605: a voter whose update fails tries again once in two fetch timeouts', () => {
    const cluster = quorum();
    const asked: number[] = [];
    const leader = cluster.node(3);
    cluster.network.peers.set(3, {
      isUp: () => true,
      life: () => 1,
      serve: (request, reply) => {
        if (request.type !== 'updateVoter') return leader.serve(request, reply);
        asked.push(cluster.events.nowMs);
        reply({ type: 'updateVoter', error: 'REQUEST_TIMED_OUT', epoch: 1, leaderId: 3 });
      },
    });
    cluster.node(1).kill({ losesUnflushed: false });
    cluster.node(1).move(9094);
    cluster.node(1).start();
    cluster.run(20_000);
    expect(asked.length).toBe(5);
    expect(asked.slice(1).map((at, index) => Math.round(at - (asked[index] ?? 0)))).toEqual([4000, 4000, 4000, 4000]);
  });

  test('KAFKA-17604: a voter that was added is described with the endpoint it was added with', () => {
    const cluster = quorum();
    const moved = { ...testEndpoint(4), port: 9094 };
    cluster.node(4).kill({ losesUnflushed: false });
    cluster.node(4).move(moved.port);
    cluster.node(4).start();
    cluster.run(600);
    expect(cluster.ask(3, { ...add, endpoint: moved })).toMatchObject({ error: 'NONE' });
    for (const id of [1, 3, 4]) expect(cluster.node(id).raft?.voters.endpoint(4)).toEqual(moved);
    const { voters } = cluster.node(3).raft?.describe() ?? {};
    expect(voters?.find(({ replica }) => replica.id === 4)).toMatchObject({ endpoint: moved });
  });

  test('a snapshot holds the one written last before its end', () => {
    const cluster = quorum();
    const { raft } = cluster.node(3);
    expect(cluster.ask(3, add)).toMatchObject({ error: 'NONE' });
    expect(raft?.voters.ids).toEqual([1, 2, 3, 4]);
    expect(raft?.votersAt(offset(2))).toBeUndefined();
    expect(raft?.votersAt(offset(3))).toMatchObject({ kraftVersion: 1, voters: { ids: [1, 2, 3] } });
    expect(raft?.votersAt(offset(4))).toMatchObject({ kraftVersion: 1, voters: { ids: [1, 2, 3, 4] } });
  });

  test('a replica that was removed is described as an observer, and forgotten when it is gone for five minutes', () => {
    const cluster = quorum();
    const request: RaftRequest = { type: 'removeVoter', voter: { id: 1, directoryId: 'disk1' } };
    expect(cluster.ask(3, request)).toMatchObject({ error: 'NONE' });
    const told = () => cluster.node(3).raft?.describe();
    const ids = (list: 'voters' | 'observers') => told()?.[list].map(({ replica }) => replica.id);
    expect(told()?.voters[0]).toMatchObject({ replica: { id: 2, directoryId: 'disk2' }, endpoint: testEndpoint(2) });
    expect([ids('voters'), ids('observers')]).toEqual([
      [2, 3],
      [1, 4, 101],
    ]);
    cluster.node(1).kill({ losesUnflushed: false });
    cluster.run(299_000);
    expect(ids('observers')).toEqual([1, 4, 101]);
    cluster.run(2000);
    expect(ids('observers')).toEqual([4, 101]);
  });

  test('who may be counted as a voter without knowing it keeps nobody from standing when its leader is silent', () => {
    const cluster = quorum();
    const { raft, log } = cluster.node(4);
    const ask = () =>
      cluster.ask(4, {
        ...sampleRequests.vote,
        voter: { id: 4, directoryId: testDirectory(4) },
        epoch: raft?.leadership.epoch ?? 0,
        lastEpoch: log.lastEpoch(),
        lastOffset: log.endOffset(),
        preVote: true,
      });
    expect(ask()).toMatchObject({ error: 'NONE', voteGranted: false });
    for (const id of [1, 2, 3]) cluster.node(id).kill({ losesUnflushed: false });
    cluster.run(1000);
    expect(ask()).toMatchObject({ error: 'NONE', voteGranted: false });
    cluster.run(3000);
    expect(ask()).toMatchObject({ error: 'NONE', voteGranted: true });
  });

  test('an observer without an endpoint neither joins nor answers for another', () => {
    const cluster = quorum('checkpoint', true);
    cluster.run(2000);
    expect(cluster.leader?.raft?.voters.ids).toEqual([1, 2, 3, 4]);
    const probe: RaftRequest = { type: 'describeReplica', clusterId: 'test-cluster', replica: { id: 4 } };
    expect(cluster.ask(101, probe)).toMatchObject({ error: 'INVALID_VOTER_KEY', replica: { id: 101 } });
    expect(cluster.ask(4, probe)).toMatchObject({ error: 'NONE', kraftVersions: { min: 0, max: 1 } });
    const foreign = { ...probe, clusterId: 'other' };
    expect(cluster.ask(4, foreign)).toMatchObject({ error: 'INCONSISTENT_CLUSTER_ID', leaderId: -1 });
  });
});
