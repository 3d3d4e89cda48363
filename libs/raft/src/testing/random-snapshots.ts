import { createSeededRandom, type SeededRandom } from '@milena/platform/testing';
import type { TestCluster } from './test-cluster';

/** Makes snapshots and cleans logs at random, on every replica for itself; how often is drawn once for a run. */
export class RandomSnapshots {
  private readonly random: SeededRandom;
  private readonly eagerness: number;
  /** Bytes in a piece: from one piece a snapshot to dozens. */
  readonly pieceBytes: number;

  constructor(seed: number) {
    this.random = createSeededRandom(seed).fork('snapshots');
    this.eagerness = [0, 0.1, 0.4, 0.8][this.random.below(4)] ?? 0;
    this.pieceBytes = 20 + this.random.below(this.random.chance(0.6) ? 60 : 3000);
  }

  act(cluster: TestCluster): void {
    // All that have replayed as many bytes make one at the same offset.
    const isDue = this.random.chance(this.eagerness / 2);
    for (const node of cluster.nodes.values()) {
      if (!node.isUp()) continue;
      if (isDue || this.random.chance(this.eagerness / 2)) node.makeSnapshot();
      if (this.random.chance(this.eagerness / 2)) node.clean();
    }
  }
}

/** How many snapshots the replicas of a cluster installed. */
export function installsIn(cluster: TestCluster): number {
  return [...cluster.nodes.values()].reduce((sum, { installs }) => sum + installs, 0);
}
