import type { RaftRequest, UpdateVoterRequest } from './messages';
import { sampleRequests } from './testing/sample-requests';
import { startedQuorum } from './testing/started-quorum';
import { TestCluster } from './testing/test-cluster';
import { testDirectory } from './testing/test-node';

const { fetch, updateVoter, vote } = sampleRequests;

/** Static voters 1 to 3 with directories that nobody was told, of which 3 leads epoch 1. */
function quorum(): TestCluster {
  return startedQuorum({ directories: true, joiners: 1, settleMs: 600 });
}

function upgrade(cluster: TestCluster, id: number, { epoch = 1, version = 1, validateOnly = false } = {}): unknown {
  let outcome: unknown;
  cluster.node(id).input((raft) => {
    outcome = raft.upgradeKraftVersion({ epoch, version, validateOnly });
  });
  return outcome;
}

describe('kraft.version is raised (KAFKA-16538)', () => {
  test('by the leader of that epoch only', () => {
    const cluster = quorum();
    expect(upgrade(cluster, 1)).toMatchObject({ error: { code: 'NOT_CONTROLLER' } });
    expect(upgrade(cluster, 3, { epoch: 0 })).toMatchObject({ error: { code: 'NOT_CONTROLLER' } });
    expect(cluster.node(3).log.endOffset()).toBe(1);
    expect(upgrade(cluster, 3)).toMatchObject({ ok: true });
    expect(cluster.node(3).raft).toMatchObject({ kraftVersion: 1 });
  });

  test('not before the leader has committed a record of its epoch', () => {
    const cluster = new TestCluster({ voters: 1, directories: true, flushMs: 1000 });
    cluster.node(1).start();
    cluster.run(100);
    expect(upgrade(cluster, 1)).toMatchObject({ error: { code: 'REQUEST_TIMED_OUT' } });
    cluster.run(1000);
    expect(upgrade(cluster, 1)).toMatchObject({ ok: true });
    expect(cluster.node(1).raft?.voters.voters[0]?.key).toEqual({ id: 1, directoryId: testDirectory(1) });
  });

  test('not while a voter does not support it', () => {
    const cluster = quorum();
    const old: UpdateVoterRequest = { ...updateVoter, kraftVersions: { min: 0, max: 0 } };
    expect(cluster.ask(3, old)).toMatchObject({ error: 'NONE' });
    expect(upgrade(cluster, 3)).toMatchObject({
      error: { code: 'INVALID_UPDATE_VERSION', message: 'voter 1 supports kraft.version 0 to 0 only' },
    });
    expect(cluster.ask(3, updateVoter)).toMatchObject({ error: 'NONE' });
    expect(upgrade(cluster, 3)).toMatchObject({ ok: true });
  });
});

describe('a static voter', () => {
  test('announces itself once to every leader, until the leader has heard it', () => {
    const cluster = quorum();
    const announced: number[] = [];
    const leader = cluster.node(3);
    cluster.network.peers.set(3, {
      isUp: () => true,
      life: () => 1,
      serve: (request, reply) => {
        if (request.type === 'updateVoter') announced.push(cluster.events.nowMs);
        if (request.type !== 'updateVoter' || announced.length > 2) leader.serve(request, reply);
      },
    });
    cluster.node(1).kill({ losesUnflushed: false });
    cluster.node(1).start();
    cluster.run(20_000);
    expect(announced).toHaveLength(3);
  });

  test.each<[string, RaftRequest]>([
    ['FENCED_LEADER_EPOCH', { ...updateVoter, epoch: 0 }],
    ['UNKNOWN_LEADER_EPOCH', { ...updateVoter, epoch: 2 }],
    ['VOTER_NOT_FOUND', { ...updateVoter, voter: { id: 4, directoryId: testDirectory(4) } }],
    ['INVALID_REQUEST', { ...updateVoter, voter: { id: 1 } }],
  ])('is heard when its announcement is sound, else %s', (error, request) => {
    expect(quorum().ask(3, request)).toMatchObject({ error });
  });
});

describe('from the upgrade on a voter is its id and its directory (KAFKA-17426)', () => {
  test('what was fetched to another disk before counts no more', () => {
    const cluster = quorum();
    for (const id of [1, 2]) cluster.node(id).kill({ losesUnflushed: false });
    const leader = cluster.node(3);
    leader.append(['a']);
    cluster.run(10);
    const fetched = { ...fetch, fetchOffset: leader.log.endOffset() };
    expect(upgrade(cluster, 3)).toMatchObject({ ok: true });
    cluster.run(10);
    cluster.ask(3, { ...fetched, replica: { id: 1, directoryId: 'another' } });
    expect(leader.raft?.highWatermark).toBe(1);
    cluster.ask(3, { ...fetched, replica: { id: 1, directoryId: testDirectory(1) } });
    expect(leader.raft?.highWatermark).toBe(2);
  });

  test('an acknowledgement from before the upgrade is asked for again', () => {
    const cluster = quorum();
    const progress = () => cluster.node(3).raft?.describe().voters[0];
    expect(progress()).toMatchObject({ replica: { id: 1 }, logEndOffset: 1 });
    upgrade(cluster, 3);
    expect(progress()).toMatchObject({ replica: { id: 1, directoryId: testDirectory(1) }, logEndOffset: -1 });
    cluster.run(10);
    expect(progress()).toMatchObject({ logEndOffset: 3 });
  });

  test('a replica on a new disk grants no vote to who asks for the voter that it was', () => {
    const cluster = quorum();
    upgrade(cluster, 3);
    cluster.run(600);
    cluster.node(1).kill({ losesUnflushed: true });
    cluster.node(1).replaceDisk();
    cluster.node(3).kill({ losesUnflushed: false });
    cluster.node(2).kill({ losesUnflushed: false });
    cluster.node(1).start();
    const asked = { ...vote, voter: { id: 1 }, candidate: { id: 2 } };
    expect(cluster.ask(1, asked)).toMatchObject({ error: 'INVALID_VOTER_KEY', voteGranted: false });
  });
});
