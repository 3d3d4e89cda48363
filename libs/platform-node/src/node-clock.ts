import { timestampMs } from '@milena/model';
import type { Clock } from '@milena/platform';

/** The clocks of the machine. */
export const nodeClock: Clock = {
  wallMs: () => timestampMs(Date.now()),
  monotonicMs: () => performance.now(),
};
