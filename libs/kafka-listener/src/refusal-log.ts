import type { Logger } from '@milena/platform';
import type { KafkaConnection } from './kafka-connection';

const AT_MOST_EVERY_MS = 1_000;

/** Says why connections were closed, a line a second at most, so that a flood of bad requests does not become one of lines. */
export class RefusalLog {
  #lastMs = Number.NEGATIVE_INFINITY;
  #unsaid = 0;

  constructor(
    private readonly logger: Logger,
    /** Monotonic milliseconds. */
    private readonly now: () => number,
  ) {}

  /** A connection is closed because of what its client sent. */
  refused(connection: KafkaConnection, error: unknown): void {
    const nowMs = this.now();
    if (nowMs - this.#lastMs < AT_MOST_EVERY_MS) {
      this.#unsaid += 1;
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    const others = this.#unsaid === 0 ? {} : { othersBefore: this.#unsaid };
    this.#lastMs = nowMs;
    this.#unsaid = 0;
    this.logger.warn('closing a connection after a bad request', { ...connection, error: message, ...others });
  }
}
