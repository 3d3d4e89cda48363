import { failure, minOffset, type Offset, type OffsetAndEpoch, type Result, ZERO_OFFSET } from '@milena/model';
import {
  type Appended,
  type KraftUpgrade,
  DEFAULT_RAFT_SETTINGS,
  type Leadership,
  type QuorumState,
  type Raft,
  type RaftEffects,
  type RaftRequest,
  type Voter,
} from '@milena/raft';
import { DEFAULT_METADATA_RETENTION } from './clean-log';
import { createCommitDelivery } from './commit-delivery';
import { createEffectQueue, type EffectQueue } from './effect-queue';
import { createGroupFlush, type GroupFlush } from './group-flush';
import { LeaderContact } from './leader-contact';
import { leaderInfo } from './listener-progress';
import type { LeaderInfo, MetadataLogListener, QuorumDescription } from './metadata-log';
import { createMetadataRaftLog } from './metadata-raft-log';
import { quorumDescription } from './quorum-description';
import { createRaftClient, type RaftClient } from './raft-client';
import { RaftMetrics } from './raft-metrics';
import { raftOfDriver } from './raft-of-driver';
import type { RaftPumpOptions } from './raft-pump-options';
import { SnapshotKeeper } from './snapshot-keeper';
import { createTickTimer } from './tick-timer';
import { VoterConnections } from './voter-connections';

/**
 * The raft state machine at work: what happens goes in, what it wants done comes out and is done in the order that
 * RaftEffects states. After a fatal error or `close` it does nothing any more.
 */
export interface RaftPump {
  start(): void;
  request(requestId: number, request: RaftRequest): void;
  requestGone(requestId: number): void;
  /** See MetadataLog.append; `encode` makes the batch for its base offset. */
  append(epoch: number, encode: (baseOffset: Offset) => Uint8Array): Result<Appended>;
  /** See MetadataLog.upgradeKraftVersion. */
  upgradeKraftVersion(upgrade: KraftUpgrade): Result<void>;
  resign(epoch: number): void;
  /** See MetadataLog.createSnapshot. */
  createSnapshot(id: OffsetAndEpoch, records: Iterable<Uint8Array>): Promise<Result<void>>;
  subscribe(listener: MetadataLogListener): void;
  readonly listeners: readonly MetadataLogListener[];
  leader(): LeaderInfo;
  readonly highWatermark: Offset | undefined;
  /** See MetadataLog.kraftVersion. */
  readonly kraftVersion: number;
  /** See RaftDriver.leaderHighWatermark. */
  readonly leaderHighWatermark: Offset | undefined;
  describe(): QuorumDescription;
  /** Whether this node leads with a committed epoch, or fetched from a leader within the fetch timeout. */
  isHealthy(): boolean;
  /** Hands leadership over if there is any; resolves when that is done or `timeoutMs` passed. */
  shutdown(timeoutMs: number): Promise<void>;
  /** Stops at once. */
  halt(): void;
  /** Stops at once; resolves when no write or flush is under way. */
  close(): Promise<void>;
}

/** Makes a pump; `start` comes next. */
export function createRaftPump(options: RaftPumpOptions): RaftPump {
  return new Pump(options);
}

class Pump implements RaftPump {
  readonly #options: RaftPumpOptions;
  readonly #raft: Raft;
  readonly #delivery;
  readonly #queue;
  readonly #flush;
  readonly #timer;
  readonly #client;
  readonly #snapshots: SnapshotKeeper;
  readonly #connections: VoterConnections;
  readonly #contact: LeaderContact;
  readonly #metrics: RaftMetrics;
  #quorumState: QuorumState;
  /** The state that was last to be written, and the kraft.version in whose form. */
  #wantedState: QuorumState;
  #writtenVersion = 0;
  #leadership: Leadership;
  #highWatermark: Offset | undefined;
  /** Above 0 while a caller waits for a call to return: listeners must not run then. */
  #callDepth = 0;
  #closed = false;
  #onStopped: (() => void) | undefined;

  constructor(options: RaftPumpOptions) {
    this.#options = options;
    const { driver, log, snapshots } = options;
    const { clock, timers, logger } = driver.platform;
    const raftLog = createMetadataRaftLog(log, snapshots, {
      onSnapshotAsked: (id) => this.#snapshots.verify(id),
      ...(driver.plantedBugs && { plantedBugs: driver.plantedBugs }),
    });
    this.#raft = raftOfDriver(driver, { log: raftLog, restored: options.restored, bootstrap: options.bootstrap });
    this.#leadership = this.#raft.leadership;
    const { clusterId, settings } = driver;
    const { fetchTimeoutMs } = { ...DEFAULT_RAFT_SETTINGS, ...settings };
    this.#contact = new LeaderContact({ clock, logger, clusterId, fetchTimeoutMs });
    this.#quorumState = options.restored;
    this.#wantedState = options.restored;
    this.#metrics = this.#measure();
    const onFatal = (error: unknown): void => this.#fail(error);
    this.#delivery = createCommitDelivery({ log: raftLog, snapshots, timers, onFatal });
    this.#queue = this.#orderEffects();
    this.#snapshots = this.#keepSnapshots();
    this.#flush = this.#mergeFlushes();
    this.#timer = createTickTimer({ clock, timers }, () => this.#input(() => this.#raft.tick()));
    this.#client = this.#callPeers();
    this.#connections = new VoterConnections({
      timers,
      others: () => this.#otherVoters(),
      greet: (voters) => this.#client.greet(driver.clusterId, voters),
    });
  }

  get highWatermark(): Offset | undefined {
    return this.#highWatermark;
  }

  get kraftVersion(): number {
    return this.#raft.kraftVersion;
  }

  get leaderHighWatermark(): Offset | undefined {
    return this.#leadership.role === 'leader' ? this.#highWatermark : this.#contact.highWatermark;
  }

  get listeners(): readonly MetadataLogListener[] {
    return this.#delivery.listeners;
  }

  start(): void {
    this.#input(() => this.#raft.start());
    this.#snapshots.start();
    this.#connections.start();
    const { nodeId, directoryId, role, platform } = this.#options.driver;
    const { voters } = this.#raft;
    if (role === 'observer' || voters.includes({ id: nodeId, directoryId })) return;
    platform.logger.warn('this controller is not among the voters', { directoryId, voters: voters.ids });
  }

  request(requestId: number, request: RaftRequest): void {
    this.#input(() => this.#raft.request(requestId, request));
  }

  requestGone(requestId: number): void {
    this.#input(() => this.#raft.requestGone(requestId));
  }

  append(epoch: number, encode: (baseOffset: Offset) => Uint8Array): Result<Appended> {
    const appended = this.#call(() => this.#input(() => this.#raft.append(epoch, encode)));
    if (appended?.ok === true) this.#metrics.appended(appended.value);
    return appended ?? failure('NOT_CONTROLLER', 'this node is stopping');
  }

  upgradeKraftVersion(upgrade: KraftUpgrade): Result<void> {
    const upgraded = this.#call(() => this.#input(() => this.#raft.upgradeKraftVersion(upgrade)));
    return upgraded ?? failure('NOT_CONTROLLER', 'this node is stopping');
  }

  resign(epoch: number): void {
    this.#call(() => this.#input(() => this.#raft.resign(epoch)));
  }

  createSnapshot(id: OffsetAndEpoch, records: Iterable<Uint8Array>): Promise<Result<void>> {
    return this.#snapshots.make(id, records);
  }

  subscribe(listener: MetadataLogListener): void {
    this.#delivery.add(listener);
    this.#delivery.runSoon();
  }

  leader(): LeaderInfo {
    return leaderInfo(this.#leadership);
  }

  describe(): QuorumDescription {
    return quorumDescription(this.#raft.describe());
  }

  isHealthy(): boolean {
    if (this.#closed) return false;
    const { role, leaderId, epochStartOffset } = this.#leadership;
    if (role === 'leader') return (this.#highWatermark ?? 0) > (epochStartOffset ?? 0);
    return leaderId !== undefined && this.#contact.isRecent;
  }

  shutdown(timeoutMs: number): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onStopped = resolve;
      this.#call(() => this.#input(() => this.#raft.shutdown(timeoutMs)));
    });
  }

  halt(): void {
    this.#closed = true;
    this.#timer.cancel();
    this.#snapshots.close();
    this.#connections.close();
    this.#queue.close();
    this.#delivery.close();
    this.#client.close();
    this.#options.service?.close();
    this.#onStopped?.();
  }

  async close(): Promise<void> {
    this.halt();
    await this.#queue.idle();
    await this.#flush.idle();
    await this.#snapshots.idle();
  }

  #call<T>(run: () => T): T {
    this.#callDepth++;
    try {
      return run();
    } finally {
      this.#callDepth--;
    }
  }

  #orderEffects(): EffectQueue {
    const { clock } = this.#options.driver.platform;
    return createEffectQueue({
      persist: async (state) => {
        this.#quorumState = state;
        const beganMs = clock.monotonicMs();
        await this.#options.persist(state, this.#raft.kraftVersion);
        this.#raft.stateStored(clock.monotonicMs() - beganMs);
      },
      carryOut: (effects) => this.#carryOut(effects),
      release: (effects) => this.#sendOut(effects),
      onFatal: (error) => this.#fail(error),
    });
  }

  #mergeFlushes(): GroupFlush {
    return createGroupFlush({
      flush: ({ isUrgent }) => this.#options.log.flush({ urgent: isUrgent }),
      onFlushed: (flush) => {
        this.#noteCommitted();
        this.#input(() => this.#raft.flushed(flush));
      },
      onFatal: (error) => this.#fail(error),
    });
  }

  #callPeers(): RaftClient {
    const { driver, log } = this.#options;
    const { timers, logger } = driver.platform;
    return createRaftClient({
      connector: driver.connector,
      timers,
      logger,
      handlers: {
        onResponse: ({ correlationId }, response) => {
          this.#contact.answered(response);
          const endBefore = log.logEndOffset;
          this.#input(() => this.#raft.response(correlationId, response));
          this.#metrics.fetched(Math.max(0, log.logEndOffset - endBefore));
          if (response.type === 'fetch' && response.error === 'NONE') this.#options.onFetched?.(response);
        },
        onFailure: ({ correlationId }, reason) => this.#input(() => this.#raft.requestFailed(correlationId, reason)),
        onPeerSuspected: (nodeId) => this.#input(() => this.#raft.peerSuspected(nodeId)),
      },
    });
  }

  #measure(): RaftMetrics {
    const { driver, log } = this.#options;
    return new RaftMetrics(driver.platform, {
      isObserver: driver.role === 'observer',
      leadership: () => this.#leadership,
      highWatermark: () => this.#highWatermark,
      logEndOffset: () => log.logEndOffset,
      logEndEpoch: () => log.latestEpoch,
      votedId: () => this.#quorumState.votedId,
      voterCount: () => this.#raft.voters.ids.length,
    });
  }

  #keepSnapshots(): SnapshotKeeper {
    const { driver, log, snapshots } = this.#options;
    return new SnapshotKeeper({
      platform: driver.platform,
      log,
      snapshots,
      raft: this.#raft,
      mayFetchAgain: this.#options.mayFetchAgain,
      retention: { ...DEFAULT_METADATA_RETENTION, ...driver.retention },
      ...(driver.plantedBugs === undefined ? {} : { plantedBugs: driver.plantedBugs }),
      onInstalled: (id, isInstalled) =>
        this.#input(() => (isInstalled ? this.#raft.snapshotInstalled(id) : this.#raft.snapshotRefused(id))),
      onFatal: (error) => this.#fail(error),
    });
  }

  /** Everything that happens goes through here; undefined when the pump does nothing any more. */
  #input<T>(handle: () => T): T | undefined {
    if (this.#closed) return undefined;
    try {
      const result = handle();
      const effects = this.#raft.takeEffects();
      this.#timer.set(effects.nextTickMs);
      this.#queue.push(this.#inForm(effects));
      return result;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  /** The file of a node with static voters takes another form with kraft.version, also when it says the same (KIP-853). */
  #inForm(effects: RaftEffects): RaftEffects {
    const { kraftVersion } = this.#raft;
    const isOtherForm = kraftVersion !== this.#writtenVersion && this.#options.bootstrap.source === 'static';
    this.#writtenVersion = kraftVersion;
    this.#wantedState = effects.persist ?? this.#wantedState;
    return isOtherForm ? { ...effects, persist: this.#wantedState } : effects;
  }

  #carryOut(effects: RaftEffects): void {
    this.#sendOut(effects);
    if (effects.flush !== undefined) this.#flush.request(effects.flush);
    if (effects.installSnapshot !== undefined) this.#snapshots.install(effects.installSnapshot);
    if (effects.leadership !== undefined) this.#enter(effects.leadership);
    if (effects.highWatermark !== undefined) {
      this.#highWatermark = effects.highWatermark;
      this.#metrics.committed(effects.highWatermark);
      this.#noteCommitted();
      this.#delivery.committed(effects.highWatermark);
    }
    if (effects.stopped) this.#onStopped?.();
    if (effects.leadership === undefined && effects.highWatermark === undefined) return;
    if (this.#callDepth > 0) this.#delivery.runSoon();
    else this.#delivery.run();
  }

  #sendOut(effects: RaftEffects): void {
    for (const answer of effects.answers) this.#options.service?.answer(answer);
    for (const request of effects.requests) this.#client.send(request);
  }

  /** What is committed and on this disk must be found there again. */
  #noteCommitted(): void {
    const { mark, log } = this.#options;
    mark?.note(minOffset(this.#highWatermark ?? ZERO_OFFSET, log.recoveryPoint));
  }

  #enter(leadership: Leadership): void {
    const { role, epoch, leaderId } = leadership;
    if (role !== this.#leadership.role || epoch !== this.#leadership.epoch) {
      this.#options.driver.platform.logger.info('raft role changed', { role, epoch, leaderId });
    }
    this.#leadership = leadership;
    this.#metrics.entered(leadership);
    this.#delivery.leadership(leadership);
  }

  #otherVoters(): readonly Voter[] {
    const { nodeId, directoryId } = this.#options.driver;
    const { voters } = this.#raft;
    if (!voters.includes({ id: nodeId, directoryId })) return [];
    return voters.voters.filter(({ key }) => key.id !== nodeId);
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.halt();
    this.#options.onFatal(error);
  }
}
