import { TestCluster, type TestClusterOptions } from './test-cluster';

/** What a quorum for specs is made of: three voters and seed 1 unless said. */
export interface StartedQuorumOptions extends Partial<TestClusterOptions> {
  /** What the leader appends at once; nothing unless said. */
  readonly values?: readonly string[];
  /** How long it runs afterwards. */
  readonly settleMs: number;
}

/** A cluster whose nodes all run, of which 3 leads epoch 1 and has committed its leader change. */
export function startedQuorum({ values, settleMs, ...options }: StartedQuorumOptions): TestCluster {
  const cluster = new TestCluster({ voters: 3, seed: 1, ...options });
  for (const node of cluster.nodes.values()) node.start();
  cluster.runUntil(() => cluster.leader?.raft?.highWatermark !== undefined);
  if (values !== undefined) cluster.leader?.append(values);
  cluster.run(settleMs);
  const { leader } = cluster;
  if (leader?.id !== 3) throw new Error(`node ${leader?.id ?? 'nobody'} leads, and specs expect 3`);
  return cluster;
}
