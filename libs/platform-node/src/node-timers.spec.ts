import { describeTimersContract } from '@milena/platform/testing';
import { nodeClock } from './node-clock';
import { nodeTimers } from './node-timers';

describeTimersContract('Node', () => ({
  clock: nodeClock,
  timers: nodeTimers,
  waitFor: async (condition) => {
    const untilMs = performance.now() + 2000;
    while (!condition()) {
      if (performance.now() > untilMs) throw new Error('it did not happen in time');
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
}));

describe('Node timers', () => {
  it('do not fire at once for a delay longer than setTimeout takes', async () => {
    let fired = 0;
    const far = nodeTimers.after(2 ** 40, () => void (fired += 1));
    const never = nodeTimers.after(Infinity, () => void (fired += 1));
    await new Promise<void>((resolve) => void nodeTimers.after(20, resolve));
    expect(fired).toBe(0);
    far.cancel();
    never.cancel();
  });
});
