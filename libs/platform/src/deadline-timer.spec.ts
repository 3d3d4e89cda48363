import { DeadlineTimer } from './deadline-timer';

/** A timer whose process can be away: time passes and nothing runs. */
function setUp() {
  let nowMs = 0;
  let nextMs: number | undefined = 10_000;
  let pending: { readonly atMs: number; readonly run: () => void } | undefined;
  const runs: number[] = [];
  const timer = new DeadlineTimer({
    clock: { monotonicMs: () => nowMs },
    timers: {
      after(delayMs, run) {
        const event = { atMs: nowMs + delayMs, run };
        pending = event;
        return { cancel: () => (pending = pending === event ? undefined : pending) };
      },
    },
    nextMs: () => nextMs,
    onDue() {
      if (nextMs === undefined || nextMs > nowMs) return;
      runs.push(nowMs);
      nextMs = undefined;
    },
  });
  const fire = (): void => {
    const event = pending;
    pending = undefined;
    event?.run();
  };
  const passTo = (toMs: number): void => {
    while (pending !== undefined && pending.atMs <= toMs) {
      nowMs = pending.atMs;
      fire();
    }
    nowMs = toMs;
  };
  return {
    timer,
    runs,
    passTo,
    nextAt: (atMs: number | undefined) => (nextMs = atMs),
    /** The process does nothing until then. */
    pauseUntil: (toMs: number) => {
      nowMs = toMs;
      fire();
    },
  };
}

describe('the timer of deadlines', () => {
  it('runs at the next deadline, and at none after the end', () => {
    const { timer, runs, passTo, nextAt } = setUp();
    timer.schedule();
    passTo(9_999);
    expect(runs).toEqual([]);
    passTo(10_000);
    expect(runs).toEqual([10_000]);
    nextAt(20_000);
    timer.schedule();
    timer.close();
    passTo(60_000);
    expect(runs).toEqual([10_000]);
  });

  it('lets requests that came while the process was away have their turn before anybody is given up', () => {
    const { timer, runs, passTo, nextAt, pauseUntil } = setUp();
    timer.schedule();
    pauseUntil(14_000);
    // Requests are carried out now, and one of them is a heartbeat.
    timer.schedule();
    expect(runs).toEqual([]);
    nextAt(24_000);
    timer.schedule();
    passTo(23_999);
    expect(runs).toEqual([]);
    passTo(24_000);
    expect(runs).toEqual([24_000]);
  });
});
