import { timestampMs, type Endpoint } from '@milena/model';
import type { SeededRandom } from '@milena/platform/testing';
import { createRaft } from '../create-raft';
import type { RaftRequest, RaftResponse } from '../messages';
import { checkNewSnapshot } from '../new-snapshot-check';
import { INITIAL_QUORUM_STATE, type QuorumState } from '../quorum-state';
import type { Raft } from '../raft';
import type { RaftEffects } from '../raft-effects';
import type { BootstrapVoters, RaftOptions } from '../raft-options';
import { replicaKeyText, type ReplicaKey } from '../replica-key';
import { VoterSet } from '../voter-set';
import type { EventQueue } from './event-queue';
import { MemoryRaftLog } from './memory-raft-log';
import type { NetworkPeer, TestNetwork } from './test-network';
import { encodeTextBatch, textBatches } from './text-batches';

/** Watches what a node does. */
export interface NodeObserver {
  effects(node: TestNode, effects: RaftEffects): void;
  /** A request came, or the answer of node `from` to a request of this node's. */
  received(node: TestNode, message: RaftRequest | RaftResponse, from?: number): void;
  /** The answer leaves the node. */
  answers(node: TestNode, response: RaftResponse): void;
}

/** Settings of one node. */
export type TestNodeOptions = Pick<
  RaftOptions,
  'self' | 'endpoint' | 'bootstrap' | 'settings' | 'plantedBugs' | 'autoJoin'
> & {
  /** Whom it asks for the leader while it knows no voters. */
  readonly servers: readonly Endpoint[];
  /** Whom it asks when its disk was replaced, for the first voters may be gone by then. */
  readonly controllers: readonly Endpoint[];
  readonly persistMs: number;
  readonly flushMs: number;
};

/** Address of a node in tests. */
export function testEndpoint(id: number): Endpoint {
  return { host: `node${id}`, port: 9093 };
}

/** Directory id of a node's disk; the first one is number 1. */
export function testDirectory(id: number, disk = 1): string {
  return disk === 1 ? `disk${id}` : `disk${id}-${disk}`;
}

/** A replica with its disk and a driver that keeps the order RaftEffects demands. */
export class TestNode implements NetworkPeer {
  raft: Raft | undefined;
  log: MemoryRaftLog;
  /** The quorum-state file. */
  file: QuorumState = INITIAL_QUORUM_STATE;
  /** Another one once the disk was replaced. */
  self: ReplicaKey;
  /** Where it serves the quorum, when it does. */
  endpoint: Endpoint | undefined;
  /** Whom its configuration names since somebody changed it. */
  addresses: readonly Endpoint[] | undefined;
  private bootstrap: BootstrapVoters;
  private disks = 1;
  private readonly lostDisks = new Map<string, readonly string[]>();
  /** Snapshots installed, and refused as damaged, since the node was made. */
  installs = 0;
  installsRefused = 0;
  /** Whether the log is that of a snapshot of which the state machine does not know yet. */
  isInstalling = false;
  private lives = 0;
  private nextRequestId = 1;
  private readonly replies = new Map<number, (response: RaftResponse) => void>();
  private held: RaftEffects[] = [];
  private isPersisting = false;
  private tickAtMs = Infinity;

  constructor(
    private readonly options: TestNodeOptions,
    private readonly events: EventQueue,
    private readonly network: TestNetwork,
    private readonly random: SeededRandom,
    private readonly observer: NodeObserver,
  ) {
    this.self = options.self;
    this.endpoint = options.endpoint;
    this.bootstrap = options.bootstrap;
    this.log = new MemoryRaftLog(this.id);
    network.peers.set(this.id, this);
  }

  get id(): number {
    return this.options.self.id;
  }

  get port(): number | undefined {
    return this.endpoint?.port;
  }

  /** The voters it knows before its log says anything. */
  get bootstrapVoters(): VoterSet {
    return this.bootstrap.voters;
  }

  isUp(): boolean {
    return this.raft !== undefined;
  }

  life(): number {
    return this.lives;
  }

  start(): void {
    this.lives += 1;
    this.held = [];
    this.isPersisting = false;
    this.tickAtMs = Infinity;
    this.replies.clear();
    this.isInstalling = false;
    this.log.recover();
    this.raft = createRaft({
      ...this.options,
      ...(this.endpoint === undefined ? {} : { endpoint: this.endpoint }),
      self: this.self,
      bootstrap: this.bootstrap,
      bootstrapServers: this.addresses ?? this.configuredServers(),
      clusterId: 'test-cluster',
      log: this.log,
      batches: textBatches,
      restored: this.file,
      clock: { monotonicMs: () => this.events.nowMs, wallMs: () => timestampMs(Math.floor(this.events.nowMs)) },
      random: this.random,
    });
    this.input((raft) => {
      raft.start();
    });
  }

  private configuredServers(): readonly Endpoint[] {
    if (this.bootstrap.voters.size > 0) return [];
    return this.disks > 1 ? this.options.controllers : this.options.servers;
  }

  /** A node that is down gets an empty disk, formatted to join the quorum that is there. */
  replaceDisk(): void {
    this.lostDisks.set(replicaKeyText(this.self), this.log.history('durably'));
    this.disks += 1;
    this.self = { id: this.id, directoryId: testDirectory(this.id, this.disks) };
    this.bootstrap = { voters: VoterSet.of([]), source: 'checkpoint' };
    this.log = new MemoryRaftLog(this.id);
    this.file = INITIAL_QUORUM_STATE;
  }

  /** What the disk of that replica of this node holds durably, or held when it was replaced. */
  durableHistory(key: ReplicaKey): readonly string[] {
    return this.lostDisks.get(replicaKeyText(key)) ?? this.log.history('durably');
  }

  /** A node that is down will be reached at another port from its next start on. */
  move(port: number): void {
    this.endpoint = { ...testEndpoint(this.id), port };
  }

  /** The process is gone; `losesUnflushed`: the machine with it. */
  kill({ losesUnflushed }: { readonly losesUnflushed: boolean }): void {
    if (this.raft === undefined) return;
    this.raft = undefined;
    if (losesUnflushed) this.log.crash();
    this.network.reset(this.id);
  }

  append(values: readonly string[]): string {
    let outcome = 'is down';
    this.input((raft) => {
      const { epoch } = raft.leadership;
      const result = raft.append(epoch, (baseOffset) => encodeTextBatch({ baseOffset, epoch, values }));
      outcome = result.ok ? `appended at ${result.value.baseOffset}` : result.error.code;
    });
    return outcome;
  }

  /** Makes a snapshot of everything committed; says why not when it must not. */
  makeSnapshot(): string {
    const { raft, log } = this;
    const highWatermark = raft?.highWatermark;
    if (raft === undefined || highWatermark === undefined) return 'knows nothing committed';
    const id = { offset: highWatermark, epoch: Number(log.history()[highWatermark - 1]?.split(':', 1)[0]) };
    const allowed = checkNewSnapshot({ log, batches: textBatches, highWatermark }, id);
    if (!allowed.ok) return allowed.error.message;
    log.makeSnapshot(highWatermark);
    return `has snapshot ${id.offset}-${id.epoch}`;
  }

  /** Drops the records its newest snapshot stands for. */
  clean(): string {
    const newest = this.log.latestSnapshot();
    if (newest === undefined) return 'has no snapshot';
    // A driver that installs one leaves the log to the install.
    if (this.raft !== undefined && newest.offset > (this.raft.highWatermark ?? 0)) return 'is installing a snapshot';
    const isBeyond = this.options.plantedBugs?.cleanBeyondSnapshot === true;
    const id = isBeyond ? { offset: this.raft?.highWatermark ?? newest.offset, epoch: 0 } : newest;
    this.log.cleanTo(id);
    return `log starts at ${id.offset}`;
  }

  serve(request: RaftRequest, reply: (response: RaftResponse) => void): void {
    const requestId = this.nextRequestId++;
    this.replies.set(requestId, reply);
    this.observer.received(this, request);
    this.input((raft) => {
      raft.request(requestId, request);
    });
  }

  /** Gives the state machine an input and carries out what comes of it. */
  input(give: (raft: Raft) => void): void {
    const { raft } = this;
    if (raft === undefined) return;
    give(raft);
    const effects = raft.takeEffects();
    this.observer.effects(this, effects);
    this.beginFlush(effects);
    this.beginInstall(effects);
    this.scheduleTick(effects.nextTickMs ?? Infinity);
    this.held.push(effects);
    this.release();
  }

  /** Runs later, unless the node died meanwhile. */
  private inThisLife(delayMs: number, run: () => void): void {
    const life = this.lives;
    this.events.after(delayMs, () => {
      if (this.lives === life && this.raft !== undefined) run();
    });
  }

  private beginFlush({ flush }: RaftEffects): void {
    if (flush === undefined) return;
    const complete = this.log.beginFlush();
    this.inThisLife(this.options.flushMs, () => {
      complete();
      this.input((raft) => {
        raft.flushed(flush);
      });
    });
  }

  private beginInstall({ installSnapshot: id }: RaftEffects): void {
    if (id === undefined) return;
    this.inThisLife(this.options.flushMs, () => {
      if (!this.log.placeReceived()) {
        this.installsRefused += 1;
        this.input((raft) => {
          raft.snapshotRefused(id);
        });
        return;
      }
      this.inThisLife(this.options.flushMs, () => {
        this.log.restartAt(id);
        this.isInstalling = true;
        this.inThisLife(this.options.flushMs, () => {
          this.isInstalling = false;
          this.installs += 1;
          this.input((raft) => {
            raft.snapshotInstalled(id);
          });
        });
      });
    });
  }

  private scheduleTick(atMs: number): void {
    this.tickAtMs = atMs;
    if (atMs === Infinity) return;
    this.inThisLife(atMs - this.events.nowMs, () => {
      if (this.tickAtMs !== atMs) return;
      this.input((raft) => {
        raft.tick();
      });
    });
  }

  private release(): void {
    while (!this.isPersisting) {
      const effects = this.held.shift();
      if (effects === undefined) return;
      const { persist } = effects;
      if (persist === undefined) {
        this.carryOut(effects);
        continue;
      }
      if (effects.releaseBeforePersist) this.carryOut(effects);
      this.isPersisting = true;
      this.inThisLife(this.options.persistMs, () => {
        this.file = persist;
        this.isPersisting = false;
        if (!effects.releaseBeforePersist) this.carryOut(effects);
        this.release();
      });
    }
  }

  private carryOut(effects: RaftEffects): void {
    for (const { requestId, response } of effects.answers) {
      this.observer.answers(this, response);
      this.replies.get(requestId)?.(response);
      this.replies.delete(requestId);
    }
    for (const outgoing of effects.requests) this.send(outgoing);
    if (effects.stopped) this.kill({ losesUnflushed: false });
  }

  private send({ endpoint, correlationId, request, timeoutMs }: RaftEffects['requests'][number]): void {
    const life = this.lives;
    const settle = (give: (raft: Raft) => void): void => {
      if (this.lives === life) this.input(give);
    };
    const to = Number(endpoint.host.slice('node'.length));
    this.network.call({
      from: this.id,
      to,
      port: endpoint.port,
      request,
      timeoutMs,
      answered: (response) => {
        if (this.lives === life && this.raft !== undefined) this.observer.received(this, response, to);
        settle((raft) => {
          raft.response(correlationId, response);
        });
      },
      failed: (reason) => {
        settle((raft) => {
          raft.requestFailed(correlationId, reason);
        });
      },
    });
  }
}
