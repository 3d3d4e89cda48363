import type { RaftResponse } from '../messages';
import type { TestCluster } from './test-cluster';
import type { TestNode } from './test-node';
import type { TextBatch } from './text-batches';

/** A broken rule of Raft. */
export class SafetyViolation extends Error {
  override readonly name = 'SafetyViolation';
}

/**
 * Watches a whole cluster from outside: election safety, leader completeness, log matching, the committed prefix, what a
 * majority has on disk, epochs and votes on disk (invariants R1 to R7 of the simulation's catalogue).
 */
export class ClusterInvariants {
  private readonly leaderOfEpoch = new Map<number, number>();
  private readonly committed: string[] = [];
  private readonly seenHighWatermark = new Map<string, number>();
  private readonly diskEpoch = new Map<number, number>();

  constructor(private readonly cluster: TestCluster) {}

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
    }
  }

  /** What an answer says of a replica's epoch, and so the vote it grants there, is on that replica's disk. */
  checkAnswer(node: TestNode, response: RaftResponse): void {
    const { file } = node;
    demand(response.epoch <= file.leaderEpoch, `${node.id} told of epoch ${response.epoch} before it was on disk`);
  }

  /** Records of one offset and epoch are equal, and so is everything before them. */
  checkLogMatching(): void {
    const logs = [...this.cluster.nodes.values()].map((node) => records(node.log.contents));
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
    demand(leaderEpoch >= (this.diskEpoch.get(node.id) ?? 0), `the epoch on the disk of ${node.id} went back`);
    this.diskEpoch.set(node.id, leaderEpoch);
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
    const log = records(node.log.contents);
    for (let offset = this.committed.length; offset < highWatermark; offset += 1) {
      this.committed.push(log[offset] ?? 'nothing');
    }
    this.checkPrefix(node, highWatermark, 'committed records differ');
    if (raft.leadership.role === 'leader') this.checkCommit(node, highWatermark);
  }

  private checkPrefix(node: TestNode, end: number, complaint: string): void {
    const log = records(node.log.contents);
    for (let offset = 0; offset < end; offset += 1) {
      demand(log[offset] === this.committed[offset], `${complaint}: ${node.id} at ${offset}`);
    }
  }

  private checkCommit(node: TestNode, highWatermark: number): void {
    const { epochStartOffset } = node.raft?.leadership ?? {};
    demand(highWatermark > (epochStartOffset ?? 0), `${node.id} committed records of older epochs only`);
    const voters = node.raft?.voters.ids ?? [];
    const having = voters.filter((id) => {
      const durable = records(this.cluster.node(id).log.durableContents);
      return durable[highWatermark - 1] === this.committed[highWatermark - 1];
    });
    demand(
      having.length * 2 > voters.length,
      `committed up to ${highWatermark} with ${having.length} of ${voters.length} disks`,
    );
  }
}

const cache = new WeakMap<readonly TextBatch[], readonly string[]>();

/** One text per offset: epoch and value. */
function records(batches: readonly TextBatch[]): readonly string[] {
  let found = cache.get(batches);
  if (found === undefined) {
    found = batches.flatMap((batch) => batch.values.map((value) => `${batch.epoch}:${value}`));
    cache.set(batches, found);
  }
  return found;
}

function epochOf(record: string | undefined): string | undefined {
  return record?.split(':', 1)[0];
}

function demand(condition: boolean, complaint: string): void {
  if (!condition) throw new SafetyViolation(complaint);
}
