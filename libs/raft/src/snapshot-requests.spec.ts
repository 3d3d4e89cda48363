import { offset } from '@milena/model';
import type { FetchRequest, FetchSnapshotRequest, RaftResponse } from './messages';
import { sampleRequests } from './testing/sample-requests';
import { startedQuorum } from './testing/started-quorum';
import type { TestCluster, TestClusterOptions } from './testing/test-cluster';
import { decodeTextBatches } from './testing/text-batches';

/** Three voters of which 3 leads epoch 1; records 0 to 4 are committed and in the snapshots 5-1, where the logs start. */
function quorum(options: Partial<TestClusterOptions> = {}): TestCluster {
  const cluster = startedQuorum({ ...options, values: ['a', 'b', 'c', 'd'], settleMs: 700 });
  for (const id of [1, 2, 3]) {
    cluster.node(id).makeSnapshot();
    cluster.node(id).clean();
  }
  return cluster;
}

const id = { offset: offset(5), epoch: 1 };
const piece: FetchSnapshotRequest = {
  type: 'fetchSnapshot',
  clusterId: 'test-cluster',
  replica: { id: 1 },
  epoch: 1,
  snapshotId: id,
  position: 0,
  maxBytes: 1000,
};
const fetch: FetchRequest = { ...sampleRequests.fetch, fetchOffset: offset(5) };

describe('a request for a piece is checked in order', () => {
  test.each<[string, FetchSnapshotRequest]>([
    ['INCONSISTENT_CLUSTER_ID', { ...piece, clusterId: 'other', epoch: 0 }],
    ['FENCED_LEADER_EPOCH', { ...piece, epoch: 0, snapshotId: { ...id, epoch: 0 } }],
    ['UNKNOWN_LEADER_EPOCH', { ...piece, epoch: 2 }],
    ['INVALID_REQUEST', { ...piece, replica: { id: 3 } }],
    ['INVALID_REQUEST', { ...piece, maxBytes: 0 }],
    ['INVALID_REQUEST', { ...piece, snapshotId: { ...id, epoch: 2 } }],
    ['SNAPSHOT_NOT_FOUND', { ...piece, snapshotId: { offset: offset(4), epoch: 1 } }],
    ['SNAPSHOT_NOT_FOUND', { ...piece, snapshotId: { offset: offset(5), epoch: 0 } }],
    ['SNAPSHOT_NOT_FOUND', { ...piece, snapshotId: { offset: offset(0), epoch: 0 } }],
    ['POSITION_OUT_OF_RANGE', { ...piece, position: -1 }],
    ['POSITION_OUT_OF_RANGE', { ...piece, position: 81 }],
  ])('%s', (error, request) => {
    expect(quorum().ask(3, request)).toMatchObject({ error, size: 0, bytes: new Uint8Array(0) });
  });

  test('who does not lead says who does', () => {
    expect(quorum().ask(2, piece)).toMatchObject({ error: 'NOT_LEADER_OR_FOLLOWER', leaderId: 3 });
  });
});

test('pieces are cut by what was asked for and by the limit of the leader, and together are the file', () => {
  const cluster = quorum({ settings: { fetchSnapshotMaxBytes: 50 } });
  const first = cluster.ask(3, piece);
  const second = cluster.ask(3, { ...piece, position: 50, maxBytes: 20 });
  const third = cluster.ask(3, { ...piece, position: 70 });
  expect([first, second, third].map(({ size, position, bytes }) => [size, position, bytes.length])).toEqual([
    [81, 0, 50],
    [81, 50, 20],
    [81, 70, 11],
  ]);
  const file = Buffer.concat([first.bytes, second.bytes, third.bytes]);
  expect(file).toEqual(cluster.node(3).log.readSnapshot(id, 0, 1000));
});

describe('whoever fetches a snapshot is alive', () => {
  test('a leader does not step down while the only other voter up fetches a snapshot for longer than check-quorum allows', () => {
    const cluster = quorum({ settings: { fetchSnapshotMaxBytes: 1 } });
    cluster.node(1).kill({ losesUnflushed: true });
    cluster.node(2).kill({ losesUnflushed: true });
    const leader = cluster.node(3);
    for (let position = 0; position < 81; position += 1) {
      cluster.run(200);
      expect(cluster.ask(3, { ...piece, position })).toMatchObject({ error: 'NONE' });
    }
    expect(leader.raft?.leadership).toMatchObject({ role: 'leader', epoch: 1 });
    cluster.run(3100);
    expect(leader.raft?.leadership.role).not.toBe('leader');
  });

  test('an observer that fetches a snapshot is remembered, without a log end that it acknowledged', () => {
    const cluster = quorum();
    cluster.ask(3, { ...piece, replica: { id: 101 } });
    cluster.run(299_000);
    const told = () => cluster.node(3).raft?.describe().observers;
    expect(told()).toMatchObject([{ replica: { id: 101 }, logEndOffset: -1, lastFetchTimestamp: -1 }]);
    cluster.run(2000);
    expect(told()).toEqual([]);
  });
});

test('KAFKA-12181: a voter that lost its disk is believed, and what it acknowledged before counts no more', () => {
  const cluster = startedQuorum({ settleMs: 0 });
  const leader = cluster.node(3);
  for (const node of [1, 2]) cluster.node(node).kill({ losesUnflushed: false });
  leader.append(['a']);
  leader.makeSnapshot();
  const voter = () => leader.raft?.describe().voters.find(({ replica }) => replica.id === 1);
  cluster.ask(3, { ...fetch, fetchOffset: offset(1), lastFetchedEpoch: 1 });
  expect(voter()?.logEndOffset).toBe(1);
  expect(cluster.ask(3, { ...fetch, fetchOffset: offset(0), lastFetchedEpoch: 0 })).toMatchObject({
    error: 'NONE',
    snapshotId: { offset: 1, epoch: 1 },
  });
  expect(voter()?.logEndOffset).toBe(-1);
});

test('a fetch that waits while the log is cleaned is answered with what was appended', () => {
  const cluster = quorum();
  const leader = cluster.node(3);
  leader.append(['e']);
  cluster.run(50);
  const answers: RaftResponse[] = [];
  leader.serve(
    { ...fetch, replica: { id: 101 }, fetchOffset: offset(6), maxWaitMs: 400, highWatermark: offset(6) },
    (response) => {
      answers.push(response);
    },
  );
  leader.makeSnapshot();
  leader.clean();
  expect(answers).toEqual([]);
  leader.append(['f']);
  expect(answers).toMatchObject([{ error: 'NONE', logStartOffset: 6 }]);
  const [answer] = answers;
  expect(decodeTextBatches(answer?.type === 'fetch' ? answer.records : Buffer.alloc(0))).toMatchObject([
    { baseOffset: 6, values: ['f'] },
  ]);
});

test('a restart of a replica whose log starts at a snapshot knows at once what is committed', () => {
  const cluster = quorum({ source: 'checkpoint' });
  const node = cluster.node(1);
  const { voters } = node.raft ?? {};
  node.kill({ losesUnflushed: true });
  cluster.network.isolate(1, 2);
  cluster.network.isolate(1, 3);
  node.start();
  expect(node.raft?.highWatermark).toBe(node.log.startOffset());
  expect(node.raft?.highWatermark).toBe(7);
  expect(node.raft?.voters).toEqual(voters);
});
