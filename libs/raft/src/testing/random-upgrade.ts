import { createSeededRandom, type SeededRandom } from '@milena/platform/testing';
import type { TestCluster } from './test-cluster';

/** A quorum of static voters that is asked at random moments to raise kraft.version, again and again until it has. */
export class RandomUpgrade {
  private readonly random: SeededRandom;
  /** Whether this seed has one. */
  readonly isMeant: boolean;

  constructor(seed: number) {
    this.random = createSeededRandom(seed).fork('upgrade');
    this.isMeant = this.random.chance(0.5);
  }

  /** Asks, or not. Returns whether the leader has a voter set in its log. */
  act({ leader }: TestCluster): boolean {
    if (leader?.raft === undefined) return false;
    if (leader.raft.kraftVersion === 0 && this.random.chance(0.3)) {
      const { epoch } = leader.raft.leadership;
      leader.input((raft) => {
        raft.upgradeKraftVersion({ epoch, version: 1, validateOnly: this.random.chance(0.1) });
      });
    }
    return leader.raft.kraftVersion > 0;
  }
}
