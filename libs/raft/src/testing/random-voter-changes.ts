import { createSeededRandom, type SeededRandom } from '@milena/platform/testing';
import type { VoterChangeRequest } from '../messages';
import { matchesReplica } from '../replica-key';
import type { VoterSet } from '../voter-set';
import type { TestCluster } from './test-cluster';
import type { TestNode } from './test-node';
import { votersInLog } from './voters-in-log';

/**
 * Changes of the voter set at random, as a careful operator makes them: no voter is removed and no disk replaced when that
 * would leave a voter set whose majority is gone for ever. When to do it, and in what state of the cluster, is chance.
 */
export class RandomVoterChanges {
  private readonly random: SeededRandom;
  /** Whether somebody looks after the cluster: in a storm without end there is seldom a leader to ask. */
  private readonly isSupervised: boolean;

  constructor(
    private readonly cluster: TestCluster,
    seed: number,
    /** False while somebody may take another disk of a static voter for that voter. */
    private readonly options: { readonly mayReplaceDisks: boolean },
  ) {
    this.random = createSeededRandom(seed).fork('voters');
    this.isSupervised = this.random.chance(0.6);
  }

  /** One change, or none: by chance, or when the one drawn cannot be made. */
  act(): void {
    if (this.isSupervised && this.random.chance(0.6)) this.repair();
    if (this.random.chance(0.2)) return;
    const choice = this.random.below(6);
    if (choice < 3) this.add();
    else if (choice < 5) this.remove();
    else if (this.options.mayReplaceDisks) this.replaceDisk();
  }

  private repair(): void {
    for (const node of this.cluster.nodes.values()) if (!node.isUp()) node.start();
    if (this.random.chance(0.5)) this.cluster.network.heal();
  }

  private add(): void {
    const { leader } = this.cluster;
    const voters = leader?.raft?.voters;
    const node = this.any(
      (other) => other.isUp() && other.endpoint !== undefined && voters?.includes(other.self) !== true,
    );
    if (leader === undefined || node?.endpoint === undefined) return;
    const timeoutMs = 50 + this.random.below(1000);
    const ackWhenCommitted = this.random.chance(0.7);
    ask(leader, { type: 'addVoter', voter: node.self, endpoint: node.endpoint, timeoutMs, ackWhenCommitted });
  }

  private remove(): void {
    const { leader } = this.cluster;
    const voters = leader?.raft?.voters;
    if (leader === undefined || voters === undefined || voters.size < 2) return;
    const isOwn = this.random.chance(0.5);
    const key = isOwn ? leader.self : voters.voters[this.random.below(voters.size)]?.key;
    if (key === undefined || !this.hasMajority(voters.without(key.id))) return;
    ask(leader, { type: 'removeVoter', voter: key });
  }

  /** The new disk knows nothing, so that the voter it was can never vote again. */
  private replaceDisk(): void {
    const node = this.any((other) => other.endpoint !== undefined);
    if (node === undefined) return;
    for (const other of this.cluster.nodes.values()) {
      for (const { voters } of votersInLog(other)) if (!this.survivesLossOf(node, voters)) return;
    }
    node.kill({ losesUnflushed: true });
    node.replaceDisk();
  }

  /** Whether the set still has a majority without the node; one that is being added to it this moment counts as lost, too. */
  private survivesLossOf(node: TestNode, voters: VoterSet): boolean {
    const intact = this.intactVoters(voters);
    return voters.includes(node.self)
      ? (intact - 1) * 2 > voters.size
      : intact * 2 > voters.size + 1 || voters.size === 0;
  }

  private hasMajority(voters: VoterSet): boolean {
    return this.intactVoters(voters) * 2 > voters.size;
  }

  /** Voters whose disk was not replaced. */
  private intactVoters(voters: VoterSet): number {
    return voters.voters.filter(({ key }) => matchesReplica(this.cluster.node(key.id).self, key)).length;
  }

  private any(isMeant: (node: TestNode) => boolean): TestNode | undefined {
    const nodes = [...this.cluster.nodes.values()].filter(isMeant);
    return nodes[this.random.below(Math.max(1, nodes.length))];
  }
}

function ask(leader: TestNode, request: VoterChangeRequest): void {
  leader.serve(request, () => undefined);
}
