import { fenceBroker } from '@milena/controller';
import type { BrokerRegistration } from '@milena/metadata';
import { DeadlineTimer, type ChannelFailure } from '@milena/platform';
import { CONTROLLER_LIMITS } from './controller-server-options';
import { isPortGone } from './probe-broker';
import type { QuorumController } from './quorum-controller';

/** Fences brokers that went silent or whose port refuses, while its controller is the active one. */
export class BrokerFencing {
  readonly #controller: QuorumController;
  #expiryTimer: DeadlineTimer | undefined;

  constructor(controller: QuorumController) {
    this.#controller = controller;
  }

  /** Watches sessions from here on. */
  start(): void {
    this.#expiryTimer?.close();
    const { clock, timers } = this.#controller.options.platform;
    const { sessions } = this.#controller;
    const periodMs = Math.min(500, Math.max(10, sessions.sessionTimeoutMs / 20));
    let nextLookMs = clock.monotonicMs() + periodMs;
    const look = (): void => {
      const nowMs = clock.monotonicMs();
      nextLookMs = nowMs + periodMs;
      for (const broker of sessions.expired(this.#controller.latestImage, nowMs)) {
        this.#fence(broker, 'its session expired');
      }
    };
    this.#expiryTimer = new DeadlineTimer({ clock, timers, nextMs: () => nextLookMs, onDue: look });
    this.#expiryTimer.schedule();
  }

  stop(): void {
    this.#expiryTimer?.close();
    this.#expiryTimer = undefined;
  }

  /** Brokers may have died together with the former active controller. */
  probeAll(): void {
    for (const broker of this.#controller.latestImage.brokers()) if (!broker.fenced) this.#fenceIfGone(broker, 1);
  }

  /** A broken stream is what the death of a broker's process looks like; its port tells (decision 11). */
  streamLost(brokerId: number, { reason }: ChannelFailure): void {
    const broker = this.#controller.latestImage.broker(brokerId);
    if (!this.#controller.isActive || broker === undefined || reason !== 'reset') return;
    this.#fenceIfGone(broker, CONTROLLER_LIMITS.lostBrokerProbes);
  }

  #fenceIfGone(broker: BrokerRegistration, probes: number): void {
    const { platform, connector, config, onFatal } = this.#controller.options;
    const listenerName = config.server.string('inter.broker.listener.name');
    const fenceIf = (gone: boolean): void => {
      const { isActive, latestImage } = this.#controller;
      const isCurrent = isActive && latestImage.broker(broker.id)?.epoch === broker.epoch;
      if (gone && isCurrent) this.#fence(broker, 'its port refuses connections');
    };
    isPortGone({ broker, listenerName, probes, connector, timers: platform.timers }).then(fenceIf).catch(onFatal);
  }

  /** What is refused now is found again by the next look at the sessions. */
  #fence(broker: BrokerRegistration, why: string): void {
    const controller = this.#controller;
    controller.sessions.end(broker.id);
    if (controller.latestImage.broker(broker.id)?.fenced !== false) return;
    controller.options.platform.logger.warn('fencing a broker', { broker: broker.id, epoch: broker.epoch, why });
    controller.submitInBackground('fence broker', (image) => fenceBroker(image, broker, controller.defaults));
  }
}
