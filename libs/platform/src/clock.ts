import type { TimestampMs } from '@milena/model';

/** The two clocks of a process. */
export interface Clock {
  /** Wall clock, milliseconds since 1970 UTC. May jump either way; only for timestamps that people or records see. */
  wallMs(): TimestampMs;
  /** Milliseconds since an arbitrary start, never going back. Every timeout is measured with it. */
  monotonicMs(): number;
}
