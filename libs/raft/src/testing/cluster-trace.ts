import { unreachable } from '@milena/model';
import type { RaftRequest, RaftResponse } from '../messages';
import type { RaftEffects } from '../raft-effects';
import { replicaKeyText } from '../replica-key';
import { describeMessage } from './describe-message';
import type { NodeObserver, TestNode } from './test-node';

/** Kinds of events a transcript can show. */
export type TraceTopic = 'roles' | 'votes' | 'epochs' | 'fetches' | 'commits' | 'persists' | 'voters';

/** Writes down what happens in a cluster, one line per event, for the topics asked for. */
export class ClusterTrace implements NodeObserver {
  topics = new Set<TraceTopic>(['roles', 'votes', 'commits']);
  private lines: string[] = [];
  private readonly voters = new Map<string, string>();
  private readonly ends = new Map<string, number>();
  private readonly installing = new Map<string, number>();

  constructor(private readonly nowMs: () => number) {}

  /** The lines since the last call. */
  take(): readonly string[] {
    const { lines } = this;
    this.lines = [];
    return lines;
  }

  effects(node: TestNode, effects: RaftEffects): void {
    const end = node.log.endOffset();
    const life = `${node.id}/${node.life()}`;
    if (this.installing.get(life) === node.log.startOffset()) {
      this.installing.delete(life);
      this.write('roles', node, `has installed the snapshot: its log is empty and starts at ${end}`);
    } else if (end < (this.ends.get(life) ?? 0)) this.write('roles', node, `truncates its log to ${end}`);
    this.ends.set(life, end);
    const { leadership, highWatermark, persist, stopped, installSnapshot } = effects;
    if (installSnapshot !== undefined) {
      this.installing.set(life, installSnapshot.offset);
      this.write('roles', node, `has all of snapshot ${installSnapshot.offset}-${installSnapshot.epoch}`);
    }
    if (persist !== undefined) {
      const { leaderEpoch, leaderId, votedId } = persist;
      this.write('persists', node, `persists epoch ${leaderEpoch}, leader ${leaderId}, vote ${votedId}`);
    }
    if (leadership !== undefined) {
      const whom = leadership.role === 'follower' ? ` of ${leadership.leaderId}` : '';
      this.write('roles', node, `is ${leadership.role}${whom} in epoch ${leadership.epoch}`);
    }
    if (highWatermark !== undefined) this.write('commits', node, `knows everything before ${highWatermark} committed`);
    this.tellVoters(node, life);
    if (stopped) this.write('roles', node, 'stops');
  }

  received(node: TestNode, message: RaftRequest | RaftResponse, from?: number): void {
    this.write(
      topicOf(message.type),
      node,
      `hears${from === undefined ? '' : ` from ${from}`}: ${describeMessage(message)}`,
    );
  }

  answers(): void {
    // The receiver's line shows it.
  }

  /** Writes a line that is no topic's. */
  tell(line: string): void {
    this.lines.push(`${this.time()}  ${line}`);
  }

  /** The voter set that rules on a node is another one than after the effects before. */
  private tellVoters(node: TestNode, life: string): void {
    const voters = node.raft?.voters.voters.map(({ key }) => replicaKeyText(key)).join(' ') ?? '';
    const before = this.voters.get(life);
    this.voters.set(life, voters);
    if (before !== undefined && before !== voters) this.write('voters', node, `has the voters ${voters}`);
  }

  private time(): string {
    return `${String(Math.round(this.nowMs())).padStart(5)} ms`;
  }

  private write(topic: TraceTopic, node: TestNode, line: string): void {
    if (this.topics.has(topic)) this.lines.push(`${this.time()}  ${node.id} ${line}`);
  }
}

function topicOf(type: RaftRequest['type']): TraceTopic {
  switch (type) {
    case 'vote':
      return 'votes';
    case 'fetch':
    case 'fetchSnapshot':
      return 'fetches';
    case 'describeReplica':
    case 'addVoter':
    case 'removeVoter':
    case 'updateVoter':
      return 'voters';
    case 'beginQuorumEpoch':
    case 'endQuorumEpoch':
    case 'describeQuorum':
    case 'readIndex':
      return 'epochs';
    default:
      return unreachable(type);
  }
}
