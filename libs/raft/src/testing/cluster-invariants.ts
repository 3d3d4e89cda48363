import type { RaftResponse } from '../messages';
import { replicaKeyText } from '../replica-key';
import { demand } from './safety-violation';
import { SnapshotInvariants } from './snapshot-invariants';
import type { TestCluster } from './test-cluster';
import type { TestNode } from './test-node';
import { VoterInvariants } from './voter-invariants';
import { rulingVoters } from './voters-in-log';

/**
 * Watches a whole cluster from outside: election safety, leader completeness, log matching, the committed prefix, what a
 * majority has on disk, epochs and votes on disk, snapshots (invariants R1 to R8 of libs/simulation), and who
 * votes (R9, R10).
 */
export class ClusterInvariants {
  private readonly leaderOfEpoch = new Map<number, number>();
  private readonly committed: string[] = [];
  private readonly seenHighWatermark = new Map<string, number>();
  private readonly diskEpoch = new Map<string, number>();

  private readonly voters: VoterInvariants;
  private readonly snapshots = new SnapshotInvariants(this.committed);

  constructor(private readonly cluster: TestCluster) {
    this.voters = new VoterInvariants(cluster, () => this.committed.length);
  }

  get committedCount(): number {
    return this.committed.length;
  }

  get epochCount(): number {
    return this.leaderOfEpoch.size;
  }

  /** Cheap enough to run after every event. */
  check(): void {
    for (const node of this.cluster.nodes.values()) {
      this.checkDisk(node);
      if (node.raft === undefined) continue;
      this.checkLeader(node);
      this.checkHighWatermark(node);
      this.snapshots.check(node);
    }
    this.voters.check();
  }

  /** Voter sets that were committed. */
  get voterSetCount(): number {
    return this.committed.filter((record) => record.endsWith(':<voters>')).length;
  }

  /** What an answer says of a replica's epoch, and so the vote it grants there, is on that replica's disk. */
  checkAnswer(node: TestNode, response: RaftResponse): void {
    const { file } = node;
    demand(response.epoch <= file.leaderEpoch, `${node.id} told of epoch ${response.epoch} before it was on disk`);
  }

  /** Records of one offset and epoch are equal, and so is everything before them. */
  checkLogMatching(): void {
    const logs = [...this.cluster.nodes.values()].map((node) => node.log.history());
    for (const left of logs) {
      for (const right of logs) {
        let offset = Math.min(left.length, right.length) - 1;
        while (offset >= 0 && epochOf(left[offset]) !== epochOf(right[offset])) offset -= 1;
        for (; offset >= 0; offset -= 1) {
          demand(left[offset] === right[offset], `logs differ at ${offset}: ${left[offset]} and ${right[offset]}`);
        }
      }
    }
  }

  private checkDisk(node: TestNode): void {
    const { leaderEpoch } = node.file;
    const disk = replicaKeyText(node.self);
    demand(leaderEpoch >= (this.diskEpoch.get(disk) ?? 0), `the epoch on the disk of ${disk} went back`);
    this.diskEpoch.set(disk, leaderEpoch);
  }

  private checkLeader(node: TestNode): void {
    const { role, epoch } = node.raft?.leadership ?? {};
    if (role !== 'leader' || epoch === undefined) return;
    const known = this.leaderOfEpoch.get(epoch);
    demand(known === undefined || known === node.id, `${known} and ${node.id} both lead epoch ${epoch}`);
    if (known !== undefined) return;
    this.leaderOfEpoch.set(epoch, node.id);
    this.checkPrefix(node, this.committed.length, 'a leader lacks a committed record');
  }

  private checkHighWatermark(node: TestNode): void {
    const { raft } = node;
    const highWatermark = raft?.highWatermark;
    const life = `${node.id}/${node.life()}`;
    const seen = this.seenHighWatermark.get(life) ?? 0;
    if (raft === undefined || highWatermark === undefined || highWatermark === seen) return;
    demand(highWatermark > seen, `the high watermark of ${node.id} went back`);
    this.seenHighWatermark.set(life, highWatermark);
    const log = node.log.history();
    for (let offset = this.committed.length; offset < highWatermark; offset += 1) {
      this.committed.push(log[offset] ?? 'nothing');
    }
    this.checkPrefix(node, highWatermark, 'committed records differ');
    // What a snapshot holds was committed by others, or in a former life.
    const isOfSnapshot = node.log.snapshotIds.some(({ offset }) => offset === highWatermark);
    if (raft.leadership.role === 'leader' && !isOfSnapshot) this.checkCommit(node, highWatermark);
  }

  private checkPrefix(node: TestNode, end: number, complaint: string): void {
    const log = node.log.history();
    for (let offset = 0; offset < end; offset += 1) {
      demand(log[offset] === this.committed[offset], `${complaint}: ${node.id} at ${offset}`);
    }
  }

  private checkCommit(node: TestNode, highWatermark: number): void {
    const { epochStartOffset } = node.raft?.leadership ?? {};
    demand(highWatermark > (epochStartOffset ?? 0), `${node.id} committed records of older epochs only`);
    const { voters } = rulingVoters(node);
    const having = voters.filter(({ key }) => {
      const durable = this.cluster.node(key.id).durableHistory(key);
      return durable[highWatermark - 1] === this.committed[highWatermark - 1];
    });
    demand(
      having.length * 2 > voters.length,
      `committed up to ${highWatermark} with ${having.length} of ${voters.length} disks`,
    );
  }
}

function epochOf(record: string | undefined): string | undefined {
  return record?.split(':', 1)[0];
}
