import {
  abortRecords,
  bootstrapRecords,
  BrokerSessions,
  controllerDefaults,
  decide,
  fenceBroker,
  kraftVersionRecords,
} from '@milena/controller';
import type { ControllerDefaults, Decision } from '@milena/controller';
import type { BrokerRegistration, MetadataImage, MetadataRecord } from '@milena/metadata';
import type { ErrorName, Offset, Result } from '@milena/model';
import { DeadlineTimer, type ChannelFailure, type TraceContext } from '@milena/platform';
import {
  applySpan,
  type CommittedBatch,
  type LeaderInfo,
  type MetadataLogListener,
  type MetadataSnapshot,
} from '@milena/raft-driver';
import { createReplicatedState, type ReplicatedState } from '@milena/replicated-state';
import { CONTROLLER_LIMITS, type ControllerServerOptions } from './controller-server-options';
import { ControllerRegistrar } from './controller-registrar';
import { ElectionWait } from './election-wait';
import { firstLevels } from './first-levels';
import { imageOfSnapshot, metadataStateMachine } from './metadata-state-machine';
import { IdleRecords } from './idle-records';
import { LeaderBalancer } from './leader-balancer';
import { logUncleanElections } from './log-unclean-elections';
import { PartitionSweeper } from './partition-sweeper';
import { isPortGone } from './probe-broker';

/** How a request waits for commitment. */
export interface RequestOptions {
  readonly operation: string;
  readonly timeoutMs?: number;
  readonly trace?: TraceContext;
}

/**
 * One controller of the quorum. As a standby it replays what is committed; while its node leads the metadata log it is the
 * active one: it decides requests, keeps brokers' sessions, and fences brokers that went silent or whose port refuses.
 */
export class QuorumController implements MetadataLogListener {
  readonly defaults: ControllerDefaults;
  readonly sessions: BrokerSessions;
  readonly sweeper: PartitionSweeper;
  readonly electionWait: ElectionWait;
  readonly #options: ControllerServerOptions;
  readonly #replicated: ReplicatedState<MetadataImage, MetadataRecord>;
  #expiryTimer: DeadlineTimer | undefined;
  readonly #idleRecords: IdleRecords;
  readonly #registrar: ControllerRegistrar;
  readonly #balancer: LeaderBalancer;
  /** Brokers of which a new life is being registered, and how many requests say so. */
  readonly #replaced = new Map<number, number>();
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
    this.#replaced.set(brokerId, (this.#replaced.get(brokerId) ?? 0) + 1);
    try {
      return await register();
    } finally {
      const left = (this.#replaced.get(brokerId) ?? 1) - 1;
      if (left > 0) this.#replaced.set(brokerId, left);
      else this.#replaced.delete(brokerId);
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
    this.#watchSessions();
    this.sweeper.begin();
    this.#idleRecords.start();
    this.#balancer.start();
    for (const broker of this.latestImage.brokers()) if (!broker.fenced) this.#fenceIfGone(broker, 1);
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

  /** A broken stream is what the death of a broker's process looks like; its port tells (decision 11). */
  onReplicaLost(replicaId: number, { reason }: ChannelFailure): void {
    const broker = this.latestImage.broker(replicaId);
    if (!this.isActive || broker === undefined || reason !== 'reset') return;
    this.#fenceIfGone(broker, CONTROLLER_LIMITS.lostBrokerProbes);
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
      this.#inBackground('abort transaction', (image) => decide(abortRecords(image), undefined));
    }
    const kraftVersion = this.#options.metadataLog.kraftVersion();
    const first = { chosen: firstLevels(this.#options.bootstrapRecords ?? []), kraftVersion };
    if (bootstrapRecords(this.latestImage, this.defaults, first).length > 0) {
      logger.info('writing the bootstrap records of a new cluster', { epoch });
      this.#inBackground('bootstrap', (image) => decide(bootstrapRecords(image, this.defaults, first), undefined));
    }
    // A former controller may have raised it and died before the metadata said so.
    if (kraftVersionRecords(this.latestImage, kraftVersion).length > 0) {
      this.#inBackground('kraft version', (image) => decide(kraftVersionRecords(image, kraftVersion), undefined));
    }
  }

  #deactivate(): void {
    this.#expiryTimer?.close();
    this.#expiryTimer = undefined;
    this.sweeper.stop();
    this.#idleRecords.stop();
    this.#balancer.stop();
    this.#replicated.onResigned();
  }

  #watchSessions(): void {
    this.#expiryTimer?.close();
    const { clock, timers } = this.#options.platform;
    const periodMs = Math.min(500, Math.max(10, this.sessions.sessionTimeoutMs / 20));
    let nextLookMs = this.nowMs() + periodMs;
    const look = (): void => {
      nextLookMs = this.nowMs() + periodMs;
      for (const broker of this.sessions.expired(this.latestImage, this.nowMs())) {
        this.#fence(broker, 'its session expired');
      }
    };
    this.#expiryTimer = new DeadlineTimer({ clock, timers, nextMs: () => nextLookMs, onDue: look });
    this.#expiryTimer.schedule();
  }

  #fenceIfGone(broker: BrokerRegistration, probes: number): void {
    const { platform, connector, config } = this.#options;
    const listenerName = config.server.string('inter.broker.listener.name');
    const fenceIf = (gone: boolean): void => {
      const isCurrent = this.isActive && this.latestImage.broker(broker.id)?.epoch === broker.epoch;
      if (gone && isCurrent) this.#fence(broker, 'its port refuses connections');
    };
    isPortGone({ broker, listenerName, probes, connector, timers: platform.timers })
      .then(fenceIf)
      .catch(this.#options.onFatal);
  }

  #fence(broker: BrokerRegistration, why: string): void {
    this.sessions.end(broker.id);
    if (this.latestImage.broker(broker.id)?.fenced !== false) return;
    this.#options.platform.logger.warn('fencing a broker', { broker: broker.id, epoch: broker.epoch, why });
    this.#inBackground('fence broker', (image) => fenceBroker(image, broker, this.defaults));
  }

  /** Submits a change nobody waits for. What is refused now is found again by the next look at the sessions. */
  #inBackground(operation: string, decideOn: (image: MetadataImage) => Decision<unknown>): void {
    this.submit(decideOn, { operation })
      .then((result) => {
        if (!result.ok) this.#logRefused(operation, result.error.code);
      })
      .catch(this.#options.onFatal);
  }

  #logRefused(operation: string, code: ErrorName): void {
    this.#options.platform.logger.warn('a change by the controller itself was not committed', { operation, code });
  }
}
