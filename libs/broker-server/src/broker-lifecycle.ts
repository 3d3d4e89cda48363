import { brokerHeartbeatRpc } from '@milena/cluster-protocol';
import type { BrokerHeartbeatResponse } from '@milena/controller';
import { unreachable, type Result } from '@milena/model';
import type { Clock, Logger, Timer, Timers } from '@milena/platform';
import type { ActiveControllerChannel } from '@milena/raft-driver';
import type { BrokerRegistrar } from './broker-registrar';
import { BrokerStartFailure } from './broker-start-failure';
import { callController } from './call-controller';

/** Pause after a heartbeat that nobody answered, and between those that ask whether the broker may stop. */
const QUICK_HEARTBEAT_MS = 200;
const NOT_REGISTERED = -1;

/** Where a broker stands with the controller. `leaving`: in controlled shutdown. `closed`: says nothing any more. */
export type LifecycleState = 'idle' | 'registering' | 'registered' | 'leaving' | 'closed';

/** What a lifecycle is made from. */
export interface BrokerLifecycleOptions {
  readonly nodeId: number;
  readonly principal: string;
  readonly channel: ActiveControllerChannel;
  readonly registrar: BrokerRegistrar;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly heartbeatIntervalMs: number;
  /** How long the controller goes without a heartbeat before it fences the broker. */
  readonly sessionTimeoutMs: number;
  readonly controlledShutdownTimeoutMs: number;
  /** Offset of the last metadata record that was applied; -1 for none. */
  readonly metadataOffset: () => number;
  readonly onRegistered: () => void;
  /** The cluster refuses this broker. */
  readonly onRefused: (failure: BrokerStartFailure) => void;
}

/**
 * A broker towards the controller (KIP-631): registers, sends heartbeats (on a fixed beat, and at once when there is
 * something to say), registers again when its epoch is over, leaves in good order. A controller that does not answer
 * changes nothing for clients: only the metadata log can take a leadership away.
 */
export class BrokerLifecycle {
  #state: LifecycleState = 'idle';
  #brokerEpoch = NOT_REGISTERED;
  /** When the last call was made that the active controller answered well. */
  #heardAtMs = -Infinity;
  #beat: Timer | undefined;
  #isBeating = false;
  #mustBeatAgain = false;
  #saidCaughtUp = false;
  #leaving: { readonly promise: Promise<void>; readonly end: () => void } | undefined;

  constructor(private readonly options: BrokerLifecycleOptions) {}

  get state(): LifecycleState {
    return this.#state;
  }

  /** Epoch of the newest registration; -1 before the first. */
  get brokerEpoch(): number {
    return this.#brokerEpoch;
  }

  /**
   * Whether a controller heard this broker within its session. When not, the broker may have been fenced, or the quorum may
   * be gone, and neither would show in the metadata it has.
   */
  get isInTouch(): boolean {
    return this.options.clock.monotonicMs() - this.#heardAtMs <= this.options.sessionTimeoutMs;
  }

  start(): void {
    void this.#register();
  }

  /** The broker applied more metadata. Being caught up for the first time, or finding itself fenced, is told at once. */
  metadataApplied({ isFenced }: { readonly isFenced: boolean }): void {
    if (!isFenced) this.#saidCaughtUp = false;
    if (this.#state !== 'registered' || !isFenced || this.#saidCaughtUp || !this.#isCaughtUp()) return;
    this.#saidCaughtUp = true;
    this.#beatNow();
  }

  /** Asks to have its leaderships moved; resolves when that is done or took too long, whether or not anybody answers. */
  beginControlledShutdown(): Promise<void> {
    if (this.#leaving !== undefined) return this.#leaving.promise;
    if (this.#state !== 'registered') return Promise.resolve();
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => (resolve = done));
    const timeout = this.options.timers.after(this.options.controlledShutdownTimeoutMs, () => {
      this.options.logger.warn('controlled shutdown took too long, stopping without it');
      resolve();
    });
    const end = (): void => {
      timeout.cancel();
      resolve();
    };
    this.#state = 'leaving';
    this.#leaving = { promise, end };
    this.#beatNow();
    return promise;
  }

  close(): void {
    this.#state = 'closed';
    this.#beat?.cancel();
    this.options.registrar.close();
    this.#leaving?.end();
  }

  async #register(): Promise<void> {
    this.#state = 'registering';
    const formerEpoch = this.#brokerEpoch === NOT_REGISTERED ? undefined : this.#brokerEpoch;
    const outcome = await this.options.registrar.register(formerEpoch);
    if (outcome === undefined || this.state === 'closed') return;
    if (outcome instanceof BrokerStartFailure) {
      this.close();
      this.options.onRefused(outcome);
      return;
    }
    this.#brokerEpoch = outcome;
    this.#heardAtMs = this.options.clock.monotonicMs();
    this.#state = 'registered';
    this.#saidCaughtUp = this.#isCaughtUp();
    this.options.logger.info('broker registered', { brokerEpoch: outcome });
    this.options.onRegistered();
    this.#beatNow();
  }

  #isCaughtUp(): boolean {
    return this.options.metadataOffset() >= this.#brokerEpoch;
  }

  #beatNow(): void {
    if (this.#isBeating) this.#mustBeatAgain = true;
    else void this.#sendHeartbeat();
  }

  async #sendHeartbeat(): Promise<void> {
    this.#beat?.cancel();
    this.#isBeating = true;
    this.#mustBeatAgain = false;
    const { channel, clock, nodeId, principal, metadataOffset, heartbeatIntervalMs } = this.options;
    const sentAtMs = clock.monotonicMs();
    const request = {
      principal,
      brokerId: nodeId,
      brokerEpoch: this.#brokerEpoch,
      currentMetadataOffset: metadataOffset(),
      wantFence: !this.#isCaughtUp(),
      wantShutDown: this.#state === 'leaving',
      offlineLogDirectories: [],
    };
    const outcome = await callController(channel, brokerHeartbeatRpc, request, heartbeatIntervalMs);
    this.#isBeating = false;
    if (outcome.ok) this.#heardAtMs = sentAtMs;
    this.#answered(outcome);
  }

  #answered(outcome: Result<BrokerHeartbeatResponse>): void {
    switch (this.#state) {
      case 'registered':
        if (!outcome.ok && isRegistrationOver(outcome)) void this.#register();
        else this.#beatAfter(outcome.ok ? this.options.heartbeatIntervalMs : QUICK_HEARTBEAT_MS);
        return;
      case 'leaving':
        if (outcome.ok ? outcome.value.shouldShutDown : isRegistrationOver(outcome)) this.#leaving?.end();
        else this.#beatAfter(QUICK_HEARTBEAT_MS);
        return;
      case 'idle':
      case 'registering':
      case 'closed':
        return;
      default:
        unreachable(this.#state);
    }
  }

  #beatAfter(delayMs: number): void {
    const delay = this.#mustBeatAgain ? 0 : Math.min(delayMs, this.options.heartbeatIntervalMs);
    this.#beat?.cancel();
    this.#beat = this.options.timers.after(delay, () => void this.#sendHeartbeat());
  }
}

/** The controller knows another registration of this id, or none. */
function isRegistrationOver({ error }: { readonly error: { readonly code: string } }): boolean {
  return error.code === 'STALE_BROKER_EPOCH' || error.code === 'BROKER_ID_NOT_REGISTERED';
}
