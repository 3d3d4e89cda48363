import { createSeededRandom, type SeededRandom } from '@milena/platform/testing';
import { demand } from './safety-violation';
import type { TestCluster } from './test-cluster';
import type { TestNode } from './test-node';

/** How long a leader is cut off, so that it leads on in its own eyes while others have elected another. */
const CUT_OFF_MS = 800;
const ASKED_EVERY_MS = 20;

/**
 * Readers that ask at random, whoever leads in its own eyes first of all, now and then one that is cut off from all others. An
 * answer must cover all that any replica knew to be committed when it was asked for.
 */
export class RandomReads {
  private readonly random: SeededRandom;
  private readonly eagerness: number;
  private answers = 0;

  constructor(
    private readonly cluster: TestCluster,
    private readonly committedCount: () => number,
    seed: number,
  ) {
    this.random = createSeededRandom(seed).fork('reads');
    this.eagerness = [0, 0.3, 0.8][this.random.below(3)] ?? 0;
  }

  /** Questions that were answered with an offset. */
  get answered(): number {
    return this.answers;
  }

  act(): void {
    if (this.random.chance(this.eagerness / 10)) this.cutOffLeader();
    for (const node of this.cluster.nodes.values()) {
      const isLeader = node.raft?.leadership.role === 'leader';
      if (this.random.chance(isLeader ? this.eagerness : this.eagerness / 10)) this.ask(node);
    }
  }

  private cutOffLeader(): void {
    const { events, leader, network, nodes } = this.cluster;
    if (leader === undefined) return;
    for (const other of nodes.keys()) network.isolate(leader.id, other);
    for (let afterMs = 0; afterMs < CUT_OFF_MS; afterMs += ASKED_EVERY_MS) {
      events.after(afterMs, () => {
        this.ask(leader);
      });
    }
    events.after(CUT_OFF_MS, () => {
      network.heal();
    });
  }

  private ask(node: TestNode): void {
    const committed = this.committedCount();
    node.serve({ type: 'readIndex', timeoutMs: 50 + this.random.below(1000) }, (response) => {
      if (response.type !== 'readIndex' || response.readIndex === undefined) return;
      const { readIndex } = response;
      demand(readIndex >= committed, `${node.id} lets a reader stop at ${readIndex}, ${committed} were committed`);
      this.answers += 1;
    });
  }
}
