import { registerBrokerRpc } from '@milena/cluster-protocol';
import type { RegisterBrokerRequest } from '@milena/controller';
import type { ErrorName, Failure } from '@milena/model';
import type { Clock, Logger, Timer, Timers } from '@milena/platform';
import type { ActiveControllerChannel } from '@milena/raft-driver';
import { BrokerStartFailure } from './broker-start-failure';
import { callController } from './call-controller';

const CALL_TIMEOUT_MS = 5_000;
const BACKOFF_MS = { first: 20, max: 500 };

/** Refusals that the same request will always meet. */
const FINAL: ReadonlySet<ErrorName> = new Set<ErrorName>([
  'INCONSISTENT_CLUSTER_ID',
  'INVALID_REGISTRATION',
  'UNSUPPORTED_VERSION',
  'CLUSTER_AUTHORIZATION_FAILED',
]);

/** What a registrar is made from. */
export interface BrokerRegistrarOptions {
  readonly request: RegisterBrokerRequest;
  readonly channel: ActiveControllerChannel;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** An id that is refused as taken for longer than this has a live holder: a dead one's session would have lapsed. */
  readonly holderPatienceMs: number;
}

/** Registers a broker with whichever controller is active, for as long as it takes. */
export class BrokerRegistrar {
  #pause: { readonly timer: Timer; readonly end: () => void } | undefined;
  #isClosed = false;

  constructor(private readonly options: BrokerRegistrarOptions) {}

  /**
   * The broker epoch; a BrokerStartFailure when the cluster refuses this broker; undefined when closed meanwhile. A broker
   * that was registered under `formerEpoch` and finds its id taken over does not get it back while the other process lives,
   * so it gives up after a while. Not at once: what took the id over may be a late request of a process that died before.
   */
  async register(formerEpoch?: number): Promise<number | BrokerStartFailure | undefined> {
    const { channel, clock, logger } = this.options;
    const request = { ...this.options.request, ...(formerEpoch === undefined ? {} : { brokerEpoch: formerEpoch }) };
    let takenSinceMs: number | undefined;
    let lastError: ErrorName | undefined;
    for (let attempt = 0; !this.#isClosed; attempt++) {
      const outcome = await callController(channel, registerBrokerRpc, request, CALL_TIMEOUT_MS);
      if (this.#isClosed) break;
      if (outcome.ok) return outcome.value.brokerEpoch;
      const { error } = outcome;
      takenSinceMs = error.code === 'DUPLICATE_BROKER_REGISTRATION' ? (takenSinceMs ?? clock.monotonicMs()) : undefined;
      if (this.#isFinal(error, takenSinceMs)) return new BrokerStartFailure(error.code, error.message);
      if (error.code !== lastError)
        logger.warn('broker not registered yet', { error: error.code, message: error.message });
      lastError = error.code;
      await this.#pauseBefore(attempt);
    }
    return undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#pause?.timer.cancel();
    this.#pause?.end();
  }

  #isFinal({ code }: Failure, takenSinceMs: number | undefined): boolean {
    if (FINAL.has(code)) return true;
    return (
      takenSinceMs !== undefined && this.options.clock.monotonicMs() - takenSinceMs > this.options.holderPatienceMs
    );
  }

  #pauseBefore(attempt: number): Promise<void> {
    const delayMs = Math.min(BACKOFF_MS.max, BACKOFF_MS.first * 2 ** Math.min(attempt, 10));
    return new Promise((end) => {
      this.#pause = { timer: this.options.timers.after(delayMs, end), end };
    });
  }
}
