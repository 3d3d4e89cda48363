import type { FetchRequest, RaftResponse } from './messages';
import { sampleRequests } from './testing/sample-requests';
import { startedQuorum } from './testing/started-quorum';
import { TestCluster } from './testing/test-cluster';

const { fetch } = sampleRequests;

/** Three voters of which 3 leads epoch 1 with two records committed, and hears of the others only what a spec says. */
function loneLeader(): TestCluster {
  const cluster = startedQuorum({ observers: 1, values: ['a'], settleMs: 100 });
  for (const other of [1, 2, 101]) cluster.network.isolate(3, other);
  return cluster;
}

/** Asks for the read index; the list gets the answer. */
function read(cluster: TestCluster, timeoutMs = 400): RaftResponse[] {
  const answers: RaftResponse[] = [];
  cluster.node(3).serve({ type: 'readIndex', timeoutMs }, (response) => answers.push(response));
  return answers;
}

function serveFetch(cluster: TestCluster, request: FetchRequest): void {
  cluster.node(3).serve(request, () => undefined);
  cluster.run(5);
}

describe('what confirms that the leader leads', () => {
  test('a fetch that repeats the number of the question', () => {
    const cluster = loneLeader();
    const answers = read(cluster);
    serveFetch(cluster, { ...fetch, readRound: 1 });
    expect(answers).toMatchObject([{ error: 'NONE', readIndex: 2, epoch: 1 }]);
  });

  test('whatever else that fetch says: a voter whose log is lost is in the epoch, too', () => {
    const cluster = loneLeader();
    const answers = read(cluster);
    serveFetch(cluster, { ...fetch, fetchOffset: 99 as FetchRequest['fetchOffset'], readRound: 1 });
    expect(answers).toMatchObject([{ error: 'NONE', readIndex: 2 }]);
  });

  test('one that repeats the number of a later question', () => {
    const cluster = loneLeader();
    const answers = [read(cluster), read(cluster), read(cluster)];
    serveFetch(cluster, { ...fetch, readRound: 2 });
    expect(answers.map(({ length }) => length)).toEqual([1, 1, 0]);
  });

  test('not a fetch that was under way when the question came, in whatever order it arrives', () => {
    const cluster = loneLeader();
    const first = read(cluster);
    serveFetch(cluster, { ...fetch, readRound: 1 });
    const second = read(cluster);
    serveFetch(cluster, fetch);
    serveFetch(cluster, { ...fetch, replica: { id: 2 }, readRound: 1 });
    expect([first.length, second.length]).toEqual([1, 0]);
    cluster.run(400);
    expect(second).toMatchObject([{ error: 'REQUEST_TIMED_OUT' }]);
  });

  test('not an observer', () => {
    const cluster = loneLeader();
    const answers = read(cluster);
    serveFetch(cluster, { ...fetch, replica: { id: 101 }, readRound: 1 });
    expect(answers).toEqual([]);
  });

  test('not the number of a question that is still to come', () => {
    const cluster = loneLeader();
    expect(cluster.ask(3, { ...fetch, readRound: 1 }).error).toBe('INVALID_REQUEST');
    const answers = read(cluster);
    cluster.run(5);
    expect(answers).toEqual([]);
  });
});

describe('questions are bounded', () => {
  test('in time, by the leader too', () => {
    const cluster = loneLeader();
    const [short, long] = [read(cluster, 100), read(cluster, 1e9)];
    cluster.run(150);
    expect([short, long]).toMatchObject([[{ error: 'REQUEST_TIMED_OUT' }], []]);
    cluster.run(2000);
    expect(long).toMatchObject([{ error: 'REQUEST_TIMED_OUT' }]);
  });

  test('in number', () => {
    const cluster = loneLeader();
    const answers = Array.from({ length: 1001 }, () => read(cluster));
    cluster.run(1);
    expect(answers.flat()).toMatchObject([{ error: 'THROTTLING_QUOTA_EXCEEDED' }]);
    expect(answers[1000]).toHaveLength(1);
  });

  test('in what they cost: a voter that confirmed one is not asked again while it waits for others', () => {
    let fetches = 0;
    const cluster = new TestCluster({
      voters: 5,
      observer: {
        effects: () => undefined,
        received: (_node, message) => (fetches += message.type === 'fetch' && !('error' in message) ? 1 : 0),
        answers: () => undefined,
      },
    });
    for (const node of cluster.nodes.values()) node.start();
    cluster.runUntil(() => cluster.leader?.raft?.highWatermark !== undefined);
    cluster.run(1000);
    const leader = cluster.leader?.id ?? 0;
    const others = [1, 2, 3, 4, 5].filter((id) => id !== leader);
    for (const other of others.slice(1)) cluster.network.isolate(leader, other);
    const answers: RaftResponse[] = [];
    fetches = 0;
    cluster.node(leader).serve({ type: 'readIndex', timeoutMs: 400 }, (response) => answers.push(response));
    cluster.run(410);
    expect(answers).toMatchObject([{ error: 'REQUEST_TIMED_OUT' }]);
    expect(fetches).toBeLessThan(4);
  });

  test('one that nobody waits for any more is not remembered', () => {
    const cluster = loneLeader();
    const answers = read(cluster);
    cluster.node(3).input((raft) => {
      for (let requestId = 0; requestId < 1000; requestId += 1) raft.requestGone(requestId);
    });
    cluster.run(500);
    expect(answers).toEqual([]);
  });
});

test('a reader of another cluster is refused', () => {
  const request = { type: 'readIndex', clusterId: 'other', timeoutMs: 100 } as const;
  expect(startedQuorum({ settleMs: 0 }).ask(3, request).error).toBe('INCONSISTENT_CLUSTER_ID');
});
