import {
  abortRecords,
  bootstrapRecords,
  BrokerSessions,
  controllerDefaults,
  decide,
  kraftVersionRecords,
} from '@milena/controller';
import type { ControllerDefaults, Decision } from '@milena/controller';
import type { MetadataImage, MetadataRecord } from '@milena/metadata';
import type { Offset, Result } from '@milena/model';
import type { ChannelFailure, TraceContext } from '@milena/platform';
import {
  applySpan,
  type CommittedBatch,
  type LeaderInfo,
  type MetadataLogListener,
  type MetadataSnapshot,
} from '@milena/raft-driver';
import { createReplicatedState, type ReplicatedState } from '@milena/replicated-state';
import { BrokerFencing } from './broker-fencing';
import { CONTROLLER_LIMITS, type ControllerServerOptions } from './controller-server-options';
import { ControllerRegistrar } from './controller-registrar';
import { ElectionWait } from './election-wait';
import { firstLevels } from './first-levels';
import { imageOfSnapshot, metadataStateMachine } from './metadata-state-machine';
import { IdleRecords } from './idle-records';
import { KeyCounts } from './key-counts';
import { LeaderBalancer } from './leader-balancer';
import { logUncleanElections } from './log-unclean-elections';
import { PartitionSweeper } from './partition-sweeper';

/** How a request waits for commitment. */
export interface RequestOptions {
  readonly operation: string;
  readonly timeoutMs?: number;
  readonly trace?: TraceContext;
}

/**
 * One controller of the quorum. As a standby it replays what is committed; while its node leads the metadata log it is the
 * active one: it decides requests, keeps brokers' sessions, and has brokers that are gone fenced.
 */
export class QuorumController implements MetadataLogListener {
  readonly defaults: ControllerDefaults;
  readonly sessions: BrokerSessions;
  readonly sweeper: PartitionSweeper;
  readonly electionWait: ElectionWait;
  readonly #options: ControllerServerOptions;
  readonly #replicated: ReplicatedState<MetadataImage, MetadataRecord>;
  readonly #fencing = new BrokerFencing(this);
  readonly #idleRecords: IdleRecords;
  readonly #registrar: ControllerRegistrar;
  readonly #balancer: LeaderBalancer;
  /** Brokers of which a new life is being registered, and how many requests say so. */
  readonly #replaced = new KeyCounts<number>();
  #stopped = false;
  /** Everything before it was taken in, control batches included. */
  #deliveredEnd = 0;
  #hasCaughtUp = false;
  #lastAppendMs = -Infinity;
  #uncleanElections = 0;
  #activations = 0;

  constructor(options: ControllerServerOptions) {
    const { server } = options.config;
    this.#options = options;
    this.defaults = controllerDefaults(server, options.supportedFeatures);
    this.sessions = new BrokerSessions(server.number('broker.session.timeout.ms'));
    this.sweeper = new PartitionSweeper(this);
    this.electionWait = new ElectionWait({
      timers: options.platform.timers,
      maxMs: CONTROLLER_LIMITS.electionWaitMs,
      maxWaiting: CONTROLLER_LIMITS.parkedMax,
    });
    this.#registrar = new ControllerRegistrar(this, options);
    this.#balancer = new LeaderBalancer(this, {
      isEnabled: server.boolean('auto.leader.rebalance.enable'),
      intervalMs: server.number('leader.imbalance.check.interval.seconds') * 1000,
      percentage: server.number('leader.imbalance.per.broker.percentage'),
    });
    this.#idleRecords = new IdleRecords(this, server.number('metadata.max.idle.interval.ms'));
    this.#replicated = createReplicatedState({
      name: 'controller',
      machine: metadataStateMachine(this.defaults.supportedFeatures),
      log: options.metadataLog,
      // A change that was appended may be kept by the next controller: NOT_CONTROLLER would have its caller make it twice.
      failures: { notLeading: 'NOT_CONTROLLER', outcomeUnknown: 'REQUEST_TIMED_OUT' },
      timers: options.platform.timers,
      tracer: options.platform.tracer,
      maxParked: CONTROLLER_LIMITS.parkedMax,
    });
  }

  get options(): ControllerServerOptions {
    return this.#options;
  }

  /** The image decisions are made on: uncommitted records included while active. */
  get latestImage(): MetadataImage {
    return this.#replicated.latest;
  }

  /** The image as of the last committed batch. */
  get committedImage(): MetadataImage {
    return this.#replicated.committed;
  }

  /** The epoch of the metadata log in which this controller is the active one; undefined while it is not. */
  get epoch(): number | undefined {
    return this.#replicated.epoch;
  }

  get isActive(): boolean {
    return this.#replicated.epoch !== undefined;
  }

  /**
   * Whether it knows a leader, and has once taken in all that was committed then: before, it is busy reading, and slow to
   * vote. Ask while its log is in touch with the leader.
   */
  get isReady(): boolean {
    const { metadataLog } = this.#options;
    const highWatermark = metadataLog.highWatermark();
    if (highWatermark === undefined || metadataLog.leader().leaderId === undefined) return false;
    this.#hasCaughtUp ||= this.#deliveredEnd >= highWatermark;
    return this.#hasCaughtUp;
  }

  /** Answers waiting for commitment. */
  get parked(): number {
    return this.#replicated.parked;
  }

  /** Leaders elected out of sync, by records that this node appended. */
  get uncleanElections(): number {
    return this.#uncleanElections;
  }

  /** How often this node became the active controller. */
  get activations(): number {
    return this.#activations;
  }

  /** When this node last appended anything, on the clock of `nowMs`; -Infinity for never. */
  get lastAppendMs(): number {
    return this.#lastAppendMs;
  }

  /** Monotonic now, milliseconds. */
  nowMs(): number {
    return this.#options.platform.clock.monotonicMs();
  }

  /** Decides on the latest image and answers once that is certain; see ReplicatedState.submit for the failures. */
  submit<Response>(
    decideOn: (image: MetadataImage) => Decision<Response>,
    { operation, timeoutMs = CONTROLLER_LIMITS.commitWaitMs, trace }: RequestOptions,
  ): Promise<Result<Response>> {
    const before = this.latestImage;
    let decision: Decision<Response> | undefined;
    const decide = (image: MetadataImage): Decision<Response> => (decision = decideOn(image));
    const outcome = this.#replicated.submit(decide, {
      operation,
      timeoutMs: Math.min(timeoutMs, CONTROLLER_LIMITS.commitWaitMsMax),
      ...(trace === undefined ? {} : { trace }),
    });
    if (decision !== undefined) this.#noteDecided(decision, before);
    return outcome;
  }

  /** Submits a change nobody waits for. */
  submitInBackground(operation: string, decideOn: (image: MetadataImage) => Decision<unknown>): void {
    const { platform, onFatal } = this.#options;
    this.submit(decideOn, { operation })
      .then((result) => {
        if (result.ok) return;
        const { code } = result.error;
        platform.logger.warn('a change by the controller itself was not committed', { operation, code });
      })
      .catch(onFatal);
  }

  /** What the log refused did not happen: it is decided again. */
  #noteDecided(
    { records, unfinished }: Pick<Decision<unknown>, 'records' | 'unfinished'>,
    before: MetadataImage,
  ): void {
    if (records.length > 0) {
      if (this.latestImage === before) return;
      this.#lastAppendMs = this.nowMs();
      this.#uncleanElections += logUncleanElections(this.#options.platform.logger, before, records);
    }
    if (unfinished !== undefined && this.isActive) this.sweeper.carryOn(unfinished);
  }

  /** Whether a new life of the broker is being registered: the former one stays fenced from here on. */
  isBeingReplaced(brokerId: number): boolean {
    return this.#replaced.has(brokerId);
  }

  /** Runs a registration, during which the broker's former life is not unfenced. */
  async replacing<T>(brokerId: number, register: () => Promise<T>): Promise<T> {
    this.#replaced.add(brokerId);
    try {
      return await register();
    } finally {
      this.#replaced.remove(brokerId);
    }
  }

  *onSnapshot(snapshot: MetadataSnapshot): Iterable<void> {
    const { logger } = this.#options.platform;
    const beganMs = this.nowMs();
    this.#replicated.onSnapshot(yield* imageOfSnapshot(snapshot, this.defaults.supportedFeatures));
    logger.info('read a snapshot of the metadata', { ...snapshot.id, tookMs: Math.round(this.nowMs() - beganMs) });
  }

  onCommitted(batch: CommittedBatch): void {
    // The active controller has its own spans of the same request.
    const span = this.isActive ? undefined : applySpan(this.#options.platform, batch);
    this.#replicated.onCommitted(batch);
    span?.end();
    this.#registrar.look();
  }

  onDelivered(end: Offset): void {
    this.#deliveredEnd = end;
  }

  onLeader(epoch: number, startOffset: Offset): void {
    if (this.#stopped) return;
    const { logger } = this.#options.platform;
    this.#activations += 1;
    this.#replicated.onLeader(epoch);
    this.sessions.restart(this.latestImage, this.nowMs());
    logger.info('became the active controller', { epoch, startOffset, brokers: this.latestImage.brokers().length });
    this.#prepareLog(epoch);
    this.#fencing.start();
    this.sweeper.begin();
    this.#idleRecords.start();
    this.#balancer.start();
    this.#fencing.probeAll();
  }

  onLeaderChange(leader: LeaderInfo): void {
    this.#options.platform.logger.debug('the metadata log has a leader', { ...leader });
    this.#registrar.look();
  }

  onElection(isOpen: boolean): void {
    this.electionWait.set(isOpen);
  }

  onResigned(epoch: number): void {
    this.#options.platform.logger.info('is no longer the active controller', { epoch, parked: this.parked });
    this.#deactivate();
  }

  onReplicaLost(replicaId: number, lost: ChannelFailure): void {
    this.#fencing.streamLost(replicaId, lost);
  }

  /** Stays a standby from here on; answers that wait leave with what is known of them. */
  stop(): void {
    this.#stopped = true;
    this.#registrar.close();
    this.#deactivate();
  }

  /** What the log needs before anything else: no transaction of a former controller, and levels of the features. */
  #prepareLog(epoch: number): void {
    const { logger } = this.#options.platform;
    if (abortRecords(this.latestImage).length > 0) {
      logger.warn('aborting a metadata transaction that a former controller left open', { epoch });
      this.submitInBackground('abort transaction', (image) => decide(abortRecords(image), undefined));
    }
    const kraftVersion = this.#options.metadataLog.kraftVersion();
    const first = { chosen: firstLevels(this.#options.bootstrapRecords ?? []), kraftVersion };
    if (bootstrapRecords(this.latestImage, this.defaults, first).length > 0) {
      logger.info('writing the bootstrap records of a new cluster', { epoch });
      this.submitInBackground('bootstrap', (image) => decide(bootstrapRecords(image, this.defaults, first), undefined));
    }
    // A former controller may have raised it and died before the metadata said so.
    if (kraftVersionRecords(this.latestImage, kraftVersion).length > 0) {
      this.submitInBackground('kraft version', (image) => decide(kraftVersionRecords(image, kraftVersion), undefined));
    }
  }

  #deactivate(): void {
    this.#fencing.stop();
    this.sweeper.stop();
    this.#idleRecords.stop();
    this.#balancer.stop();
    this.#replicated.onResigned();
  }
}
