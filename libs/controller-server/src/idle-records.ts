import { decide } from '@milena/controller';
import type { Timer } from '@milena/platform';
import type { QuorumController } from './quorum-controller';

/**
 * Writes a NoOpRecord whenever nothing was written for `metadata.max.idle.interval.ms`: a log that grows is one whose
 * readers' lag can be measured, and a leader that cannot commit is noticed. Never while one is waiting for commitment.
 */
export class IdleRecords {
  #timer: Timer | undefined;
  #isWaiting = false;

  constructor(
    private readonly controller: QuorumController,
    /** 0 for never. */
    private readonly intervalMs: number,
  ) {}

  start(): void {
    if (this.intervalMs > 0) this.#lookAfter(this.intervalMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #lookAfter(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.controller.options.platform.timers.after(delayMs, () => this.#look());
  }

  #look(): void {
    const idleMs = this.controller.nowMs() - this.controller.lastAppendMs;
    this.#lookAfter(idleMs < this.intervalMs ? this.intervalMs - idleMs : this.intervalMs);
    if (idleMs < this.intervalMs || this.#isWaiting) return;
    this.#isWaiting = true;
    this.controller
      .submit(() => decide([{ type: 'NoOpRecord' }], undefined), { operation: 'write a no-op record' })
      .then(() => (this.#isWaiting = false))
      .catch(this.controller.options.onFatal);
  }
}
