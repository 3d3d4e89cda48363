import { decide, partitionRules, PreferredLeaders } from '@milena/controller';
import type { Timer } from '@milena/platform';
import type { QuorumController } from './quorum-controller';

/** What the balancer is told by the configuration. */
export interface LeaderBalancerSettings {
  /** `auto.leader.rebalance.enable`. */
  readonly isEnabled: boolean;
  /** `leader.imbalance.check.interval.seconds`, in milliseconds. */
  readonly intervalMs: number;
  /** `leader.imbalance.per.broker.percentage`. */
  readonly percentage: number;
}

/** Looks now and then whether brokers lead what they should, and gives leaderships back in small batches. */
export class LeaderBalancer {
  #timer: Timer | undefined;
  /** Grows when this controller stops being active: a look of its former reign ends. */
  #reign = 0;

  constructor(
    private readonly controller: QuorumController,
    private readonly settings: LeaderBalancerSettings,
  ) {}

  start(): void {
    if (!this.settings.isEnabled) return;
    this.#timer = this.#after(this.settings.intervalMs, () => {
      this.#look().catch(this.controller.options.onFatal);
    });
  }

  stop(): void {
    this.#reign += 1;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    const reign = this.#reign;
    const { controller } = this;
    const leaders = new PreferredLeaders(controller.latestImage, this.settings.percentage);
    let elections = 0;
    while (reign === this.#reign && !leaders.isDone) {
      const image = controller.latestImage;
      const records = leaders.step(image, { rulesOf: partitionRules(image, controller.defaults) });
      if (records.length > 0) {
        const outcome = await controller.submit(() => decide(records, undefined), {
          operation: 'elect preferred leaders',
        });
        // What was refused is found again by the next look.
        if (!outcome.ok) break;
        elections += records.length;
      }
      await new Promise<void>((resolve) => this.#after(0, resolve));
    }
    if (elections > 0) controller.options.platform.logger.info('gave leaderships back', { elections });
    if (reign === this.#reign) this.start();
  }

  #after(ms: number, run: () => void): Timer {
    return this.controller.options.platform.timers.after(ms, run);
  }
}
