import { TestCluster } from './testing/test-cluster';
import type { TestNode } from './testing/test-node';

/** Whether all follow one leader, whoever is `gone` aside. */
function isSucceeded(cluster: TestCluster, gone?: TestNode): boolean {
  const others = [...cluster.nodes.values()].filter((node) => node !== gone);
  const leader = others.find(({ raft }) => raft?.leadership.role === 'leader');
  return leader !== undefined && others.every(({ raft }) => raft?.leadership.leaderId === leader.id);
}

function silence(cluster: TestCluster, leader: TestNode): void {
  for (const id of cluster.nodes.keys()) cluster.network.isolate(leader.id, id);
}

function kill(_cluster: TestCluster, leader: TestNode): void {
  leader.kill({ losesUnflushed: false });
}

/** The worst of 200 clusters, from the end of the leader to its successor: epochs, and milliseconds. */
function worst(voters: number, end: typeof kill): { readonly epochs: number; readonly tookMs: number } {
  const [epochs, times] = [[0], [0]];
  for (let seed = 1; seed <= 200; seed += 1) {
    const cluster = new TestCluster({ voters, seed, weather: { latencyMs: { min: 1, max: 4 }, loss: 0 } });
    for (const node of cluster.nodes.values()) node.start();
    cluster.runUntil(() => isSucceeded(cluster));
    // So that fetches have waited at the leader for different times.
    cluster.run(1000 + seed);
    const { leader } = cluster;
    if (leader?.raft === undefined) throw new Error('there is no leader');
    const { epoch } = leader.raft.leadership;
    end(cluster, leader);
    times.push(cluster.runUntil(() => isSucceeded(cluster, leader)));
    epochs.push(Math.max(...[...cluster.nodes.values()].map(({ raft }) => raft?.leadership.epoch ?? 0)) - epoch);
  }
  return { epochs: Math.max(...epochs), tookMs: Math.max(...times) };
}

describe.each([
  ['killed', kill, 100],
  ['silent', silence, 2100],
])('a leader is %s', (_how, end, withinMs) => {
  it('and two followers do not split their votes', () => {
    const { epochs, tookMs } = worst(3, end);
    expect(epochs).toBe(1);
    expect(tookMs).toBeLessThan(withinMs);
  });

  it('and four followers that do try again soon', () => {
    expect(worst(5, end).tookMs).toBeLessThan(withinMs);
  });
});
