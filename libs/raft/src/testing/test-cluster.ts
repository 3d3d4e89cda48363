import { createSeededRandom, type SeededRandom } from '@milena/platform/testing';
import type { RaftRequest, RaftResponse } from '../messages';
import type { PlantedBugs } from '../planted-bugs';
import type { RaftSettings } from '../raft-options';
import { replicaKey, type ReplicaKey } from '../replica-key';
import { VoterSet, type Voter } from '../voter-set';
import { EventQueue } from './event-queue';
import { TestNetwork, type Weather } from './test-network';
import { testDirectory, testEndpoint, TestNode, type NodeObserver } from './test-node';

/** What a test cluster is made of. Voters are 1..n, joiners the next ids, observers 101... */
export interface TestClusterOptions {
  readonly voters: number;
  /** Controllers that are no voters, and become some only while kraft.version is 1. */
  readonly joiners?: number;
  /** How long a flush of theirs takes; `flushMs` unless said. */
  readonly joinerFlushMs?: number;
  /** Whether controllers ask to become voters by themselves. */
  readonly autoJoin?: boolean;
  readonly observers?: number;
  readonly seed?: number;
  readonly source?: 'static' | 'checkpoint';
  /** Whether static voters have directory ids, which their configuration does not name: dynamic ones always have. */
  readonly directories?: boolean;
  readonly weather?: Weather;
  readonly persistMs?: number;
  readonly flushMs?: number;
  readonly settings?: Partial<RaftSettings>;
  readonly plantedBugs?: PlantedBugs;
  readonly observer?: NodeObserver;
}

const NOBODY: NodeObserver = { effects: () => undefined, received: () => undefined, answers: () => undefined };

/** The voters 1..n, as configuration names them or with the directory ids that dynamic voters have. */
export function testVoters(count: number, how: 'static' | 'checkpoint' = 'static'): VoterSet {
  return VoterSet.of(Array.from({ length: count }, (_, index) => testVoter(index + 1, how)));
}

/** Voter `id` with an endpoint of its own. */
export function testVoter(id: number, how: 'static' | 'checkpoint' = 'static'): Voter {
  return { key: testReplica(id, how), endpoint: testEndpoint(id), kraftVersions: { min: 0, max: 1 } };
}

function testReplica(id: number, how: 'static' | 'checkpoint'): ReplicaKey {
  return replicaKey(id, how === 'static' ? undefined : testDirectory(id));
}

/** Several replicas in one process under virtual time. */
export class TestCluster {
  readonly events = new EventQueue();
  readonly random: SeededRandom;
  readonly network: TestNetwork;
  readonly nodes = new Map<number, TestNode>();

  constructor(options: TestClusterOptions) {
    this.random = createSeededRandom(options.seed ?? 1);
    const weather = options.weather ?? { latencyMs: { min: 1, max: 1 }, loss: 0 };
    this.network = new TestNetwork(this.events, this.random.fork('network'), weather);
    const source = options.source ?? 'static';
    const voters = testVoters(options.voters, source);
    const ids = (count: number, first: number) => Array.from({ length: count }, (_, index) => first + index);
    const joiners = ids(options.joiners ?? 0, options.voters + 1);
    const observers = ids(options.observers ?? 0, 101);
    for (const id of [...voters.ids, ...joiners, ...observers]) {
      const node = new TestNode(
        {
          self: testReplica(id, options.directories === true ? 'checkpoint' : source),
          ...(observers.includes(id) ? {} : { endpoint: testEndpoint(id) }),
          bootstrap: joiners.includes(id) ? { voters: VoterSet.of([]), source: 'checkpoint' } : { voters, source },
          servers: voters.voters.map(({ endpoint }) => endpoint),
          controllers: [...voters.ids, ...joiners].map(testEndpoint),
          autoJoin: options.autoJoin ?? false,
          settings: options.settings ?? {},
          plantedBugs: options.plantedBugs ?? {},
          persistMs: options.persistMs ?? 1,
          flushMs: (joiners.includes(id) ? options.joinerFlushMs : undefined) ?? options.flushMs ?? 1,
        },
        this.events,
        this.network,
        this.random.fork(`node ${id}`),
        options.observer ?? NOBODY,
      );
      this.nodes.set(id, node);
    }
  }

  node(id: number): TestNode {
    const node = this.nodes.get(id);
    if (node === undefined) throw new Error(`no node ${id}`);
    return node;
  }

  /** The leader of the highest epoch among the nodes that are up. */
  get leader(): TestNode | undefined {
    const leaders = [...this.nodes.values()].filter((node) => node.raft?.leadership.role === 'leader');
    const epoch = (node: TestNode) => node.raft?.leadership.epoch ?? -1;
    return leaders.toSorted((left, right) => epoch(right) - epoch(left))[0];
  }

  /** What the node answers to a request that comes from outside the cluster. */
  ask<Request extends RaftRequest>(
    id: number,
    request: Request,
    withinMs = 5000,
  ): Extract<RaftResponse, { readonly type: Request['type'] }> {
    let answer: RaftResponse | undefined;
    this.node(id).serve(request, (response) => {
      answer = response;
    });
    this.runUntil(() => answer !== undefined, withinMs);
    return answer as unknown as Extract<RaftResponse, { readonly type: Request['type'] }>;
  }

  run(ms: number, afterEach?: () => void): void {
    this.events.run(ms, afterEach);
  }

  /** Runs until the condition holds; returns the time it took, or fails. */
  runUntil(condition: () => boolean, withinMs = 20_000, afterEach?: () => void): number {
    const fromMs = this.events.nowMs;
    while (!condition()) {
      if (this.events.nowMs - fromMs > withinMs) throw new Error('the condition did not come true in time');
      this.events.run(1, afterEach);
    }
    return this.events.nowMs - fromMs;
  }
}
