import type { Timers } from '@milena/platform';

/** How long a request may wait for the broker to be ready. */
const WAIT_MS = 1_000;

/** Holds requests back until a broker serves. */
export interface RequestGate {
  /** Resolves when open; rejects after a second, so that the client turns to another broker. */
  passed(): Promise<void>;
  open(): void;
}

/** A gate that is closed. */
export function createRequestGate(timers: Timers): RequestGate {
  let isOpen = false;
  const waiting = new Set<() => void>();
  return {
    passed() {
      if (isOpen) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const timer = timers.after(WAIT_MS, () => {
          waiting.delete(pass);
          reject(new Error('the broker is not ready'));
        });
        const pass = (): void => {
          timer.cancel();
          resolve();
        };
        waiting.add(pass);
      });
    },
    open() {
      isOpen = true;
      for (const pass of waiting) pass();
      waiting.clear();
    },
  };
}
