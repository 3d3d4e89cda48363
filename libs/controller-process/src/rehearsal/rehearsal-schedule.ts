import type { Clock, Logger } from '@milena/platform';

/** How long a controller follows one leader before it has time to rehearse. */
const CALM_MS = 3_000;

/** When to rehearse, and what that is. */
export interface RehearsalScheduleOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly logger: Logger;
  /** Epoch in which this controller follows a leader and is ready; undefined when it leads, or is not ready. */
  readonly followedEpoch: () => number | undefined;
  /** Resolves to whether it went through; false when it is not wanted any more. */
  readonly rehearse: (isWanted: () => boolean) => Promise<boolean>;
}

/** Has one rehearsal held, while nothing else is going on: whenever that changes it ends, and is begun again later. */
export class RehearsalSchedule {
  #epoch: number | undefined;
  #sinceMs = 0;
  #isOver = false;
  #underWay: Promise<void> | undefined;

  constructor(private readonly options: RehearsalScheduleOptions) {}

  /** To be called every now and then. */
  look(): void {
    if (this.#isOver || this.#underWay !== undefined) return;
    const nowMs = this.options.clock.monotonicMs();
    const epoch = this.options.followedEpoch();
    if (epoch !== this.#epoch) [this.#epoch, this.#sinceMs] = [epoch, nowMs];
    if (epoch !== undefined && nowMs - this.#sinceMs >= CALM_MS) this.#underWay = this.#rehearse(epoch);
  }

  /** No rehearsal begins from here on; resolves when one under way has ended. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#underWay;
  }

  async #rehearse(epoch: number): Promise<void> {
    const { clock, logger, followedEpoch, rehearse } = this.options;
    const beganMs = clock.monotonicMs();
    try {
      const isThrough = await rehearse(() => !this.#isOver && followedEpoch() === epoch);
      if (isThrough) logger.info('rehearsed elections', { ms: Math.round(clock.monotonicMs() - beganMs) });
      this.#isOver ||= isThrough;
    } catch (error) {
      // Nothing depends on it: the first election takes somewhat longer.
      logger.info('could not rehearse elections', { error });
      this.#isOver = true;
    }
    this.#epoch = undefined;
    this.#underWay = undefined;
  }
}
