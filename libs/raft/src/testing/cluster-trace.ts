import type { RaftRequest, RaftResponse } from '../messages';
import type { RaftEffects } from '../raft-effects';
import { describeMessage } from './describe-message';
import type { NodeObserver, TestNode } from './test-node';

/** Kinds of events a transcript can show. */
export type TraceTopic = 'roles' | 'votes' | 'epochs' | 'fetches' | 'commits' | 'persists';

/** Writes down what happens in a cluster, one line per event, for the topics asked for. */
export class ClusterTrace implements NodeObserver {
  topics = new Set<TraceTopic>(['roles', 'votes', 'commits']);
  private lines: string[] = [];
  private readonly ends = new Map<string, number>();

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
    if (end < (this.ends.get(life) ?? 0)) this.write('roles', node, `truncates its log to ${end}`);
    this.ends.set(life, end);
    const { leadership, highWatermark, persist, stopped } = effects;
    if (persist !== undefined) {
      const { leaderEpoch, leaderId, votedId } = persist;
      this.write('persists', node, `persists epoch ${leaderEpoch}, leader ${leaderId}, vote ${votedId}`);
    }
    if (leadership !== undefined) {
      const whom = leadership.role === 'follower' ? ` of ${leadership.leaderId}` : '';
      this.write('roles', node, `is ${leadership.role}${whom} in epoch ${leadership.epoch}`);
    }
    if (highWatermark !== undefined) this.write('commits', node, `knows everything before ${highWatermark} committed`);
    if (stopped) this.write('roles', node, 'stops');
  }

  received(node: TestNode, message: RaftRequest | RaftResponse): void {
    const topic = message.type === 'vote' ? 'votes' : message.type === 'fetch' ? 'fetches' : 'epochs';
    this.write(topic, node, `hears: ${describeMessage(message)}`);
  }

  answers(): void {
    // The receiver's line shows it.
  }

  private write(topic: TraceTopic, node: TestNode, line: string): void {
    if (this.topics.has(topic))
      this.lines.push(`${String(Math.round(this.nowMs())).padStart(5)} ms  ${node.id} ${line}`);
  }
}
