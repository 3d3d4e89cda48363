import { createSeededRandom, type SeededRandom } from '@milena/platform/testing';
import type { PlantedBugs } from '../planted-bugs';
import { ClusterInvariants } from './cluster-invariants';
import { RandomVoterChanges } from './random-voter-changes';
import { RandomUpgrade } from './random-upgrade';
import { RandomReads } from './random-reads';
import { installsIn, RandomSnapshots } from './random-snapshots';
import { TestCluster } from './test-cluster';

/** What happened in a run. */
export interface RunSummary {
  readonly epochs: number;
  readonly committed: number;
  /** Voter sets that were committed. */
  readonly voterSets: number;
  /** Whether static voters became dynamic ones. */
  readonly isUpgraded: boolean;
  /** Snapshots that came from a leader. */
  readonly installs: number;
  /** Readers that were told how far to read. */
  readonly reads: number;
  /** Virtual time from healing everything to all replicas agreeing. */
  readonly healedAfterMs: number;
}

const STEPS = 60;

/**
 * One run of a cluster under everything a seed comes up with: loss, delay, reordering, cuts, kills, lost power, snapshots,
 * voters that come, go and lose their disks, static voters that become dynamic ones. Safety is checked after every event; at the end all is healed and the replicas
 * must agree soon. Throws SafetyViolation.
 */
export function randomRun(seed: number, plantedBugs: PlantedBugs = {}): RunSummary {
  const random = createSeededRandom(seed).fork('run');
  const isDynamic = random.chance(0.5);
  const upgrade = new RandomUpgrade(seed);
  const isUpgraded = !isDynamic && upgrade.isMeant;
  const snapshots = new RandomSnapshots(seed);
  const cluster = new TestCluster({
    voters: [1, 3, 3, 3, 5][random.below(5)] ?? 3,
    observers: random.below(2),
    seed,
    source: isDynamic ? 'checkpoint' : 'static',
    joiners: isDynamic ? 1 + random.below(2) : isUpgraded ? 1 : 0,
    directories: isUpgraded,
    autoJoin: isDynamic && random.chance(0.3),
    weather: {
      latencyMs: { min: 0, max: 1 + random.below(40) },
      loss: random.chance(0.5) ? 0 : random.fraction() * 0.2,
    },
    persistMs: 1 + random.below(30),
    flushMs: 1 + random.below(60),
    settings: {
      electionTimeoutMs: 200,
      fetchTimeoutMs: 400,
      requestTimeoutMs: 400,
      fetchMaxWaitMs: 100,
      fetchMaxBytes: 200,
      fetchSnapshotMaxBytes: snapshots.pieceBytes,
    },
    plantedBugs,
    observer: {
      effects: () => undefined,
      received: () => undefined,
      answers: (node, response) => {
        invariants.checkAnswer(node, response);
      },
    },
  });
  const invariants: ClusterInvariants = new ClusterInvariants(cluster);
  const check = () => {
    invariants.check();
  };
  const voterChanges = new RandomVoterChanges(cluster, seed, { mayReplaceDisks: isDynamic });
  const reads = new RandomReads(cluster, () => invariants.committedCount, seed);
  for (const node of cluster.nodes.values()) node.start();
  for (let step = 0; step < STEPS; step += 1) {
    act(cluster, random, step);
    if (isDynamic || (isUpgraded && upgrade.act(cluster))) voterChanges.act();
    snapshots.act(cluster);
    check();
    reads.act();
    cluster.run(random.below(random.chance(0.2) ? 1000 : 120), check);
    invariants.checkLogMatching();
  }
  const healedAfterMs = heal(cluster, check);
  invariants.checkLogMatching();
  const { epochCount: epochs, committedCount: committed, voterSetCount: voterSets } = invariants;
  const hasDynamicVoters = cluster.leader?.raft?.kraftVersion === 1;
  return {
    epochs,
    committed,
    voterSets,
    isUpgraded: isUpgraded && hasDynamicVoters,
    installs: installsIn(cluster),
    reads: reads.answered,
    healedAfterMs,
  };
}

function act(cluster: TestCluster, random: SeededRandom, step: number): void {
  const ids = [...cluster.nodes.keys()];
  const any = () => ids[random.below(ids.length)] ?? 1;
  const node = cluster.node(any());
  const choice = random.below(12);
  if (choice < 5)
    for (let count = random.below(4); count >= 0; count -= 1) cluster.leader?.append([`v${step}-${count}`]);
  else if (choice === 5) node.kill({ losesUnflushed: false });
  else if (choice === 6) node.kill({ losesUnflushed: true });
  else if (choice === 7) cluster.leader?.kill({ losesUnflushed: random.chance(0.5) });
  else if (choice === 8) cluster.network.isolate(any(), any());
  else if (choice === 9) cluster.network.heal();
  else if (choice === 10 && random.chance(0.3))
    cluster.leader?.input((raft) => {
      raft.shutdown(300);
    });
  else if (!node.isUp()) node.start();
}

function heal(cluster: TestCluster, check: () => void): number {
  cluster.network.heal();
  cluster.network.weather = { latencyMs: { min: 1, max: 1 }, loss: 0 };
  const hasHealed = () => {
    for (const node of cluster.nodes.values()) if (!node.isUp()) node.start();
    return agrees(cluster);
  };
  return cluster.runUntil(hasHealed, 20_000, check);
}

function agrees(cluster: TestCluster): boolean {
  const end = cluster.leader?.log.endOffset();
  return [...cluster.nodes.values()].every(({ raft, log }) => log.endOffset() === end && raft?.highWatermark === end);
}
