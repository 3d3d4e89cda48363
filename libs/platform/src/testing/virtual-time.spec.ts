import { createProcessTime } from './process-time';
import { describeTimersContract } from './timers-contract';
import { createVirtualTime } from './virtual-time';

const soon = async (condition: Promise<boolean>): Promise<void> => {
  if (!(await condition)) throw new Error('it did not happen');
};

describeTimersContract('virtual time', () => {
  const time = createVirtualTime();
  return { ...time, clock: time.clock, timers: time.timers, waitFor: (until) => soon(time.runUntil(until)) };
});

describeTimersContract('the time of a process', () => {
  const time = createVirtualTime();
  const { clock, timers } = createProcessTime({ ...time, clock: time.clock, timers: time.timers, wallOffsetMs: 5000 });
  return { clock, timers, waitFor: (until) => soon(time.runUntil(until)) };
});

describe('virtual time', () => {
  it('runs events of one time in the order they were set', async () => {
    const time = createVirtualTime();
    const order: number[] = [];
    for (let index = 0; index < 50; index++) time.timers.after(5, () => void order.push(index));
    await time.advance(5);
    expect(order).toEqual(Array.from({ length: 50 }, (_, index) => index));
  });

  it('finishes every chain of promises before the next event, however long', async () => {
    const time = createVirtualTime();
    const order: string[] = [];
    const chain = async (): Promise<void> => {
      for (let step = 0; step < 5000; step++) await undefined;
      order.push('end of the chain');
    };
    time.timers.after(1, () => void chain());
    time.timers.after(1, () => void order.push('next event'));
    await time.advance(1);
    expect(order).toEqual(['end of the chain', 'next event']);
  });

  it('shows each event its own time, and stands where it was told to go', async () => {
    const time = createVirtualTime({ startMs: 1_000_000_000_000 });
    const seen: number[] = [];
    time.timers.after(10.5, () => {
      seen.push(time.nowMs());
      time.timers.after(1, () => void seen.push(time.nowMs()));
    });
    await time.advance(20);
    expect(seen).toEqual([10.5, 11.5]);
    expect(time.nowMs()).toBe(20);
    expect(time.clock.wallMs()).toBe(1_000_000_000_020);
  });

  it('runs what continuations set, in the same advance', async () => {
    const time = createVirtualTime();
    const sleep = (ms: number): Promise<void> => new Promise((resolve) => void time.timers.after(ms, resolve));
    const woke: number[] = [];
    const loop = async (): Promise<void> => {
      for (let turn = 0; turn < 3; turn++) {
        await sleep(10);
        woke.push(time.nowMs());
      }
    };
    void loop();
    await time.advance(100);
    expect(woke).toEqual([10, 20, 30]);
  });

  it('stops as soon as a condition holds, and says when it never did', async () => {
    const time = createVirtualTime();
    let count = 0;
    const again = (): void => {
      count += 1;
      time.timers.after(10, again);
    };
    again();
    expect(await time.runUntil(() => count === 4)).toBe(true);
    expect(time.nowMs()).toBe(30);
    expect(await time.runUntil(() => count === 0, 50)).toBe(false);
    expect(time.nowMs()).toBe(80);
  });

  it('passes on what an event throws', async () => {
    const time = createVirtualTime();
    time.timers.after(1, () => {
      throw new Error('from an event');
    });
    await expect(time.advance(5)).rejects.toThrow('from an event');
    await time.advance(5);
  });

  it('resolves a promise, and complains about one that cannot settle', async () => {
    const time = createVirtualTime();
    const later = new Promise<string>((resolve) => void time.timers.after(70, () => resolve('done')));
    expect(await time.resolve(later)).toBe('done');
    await expect(time.resolve(new Promise(() => {}), 1000)).rejects.toThrow('did not settle');
    await expect(time.resolve(Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  });

  it('refuses to be run twice at once', async () => {
    const time = createVirtualTime();
    const first = time.advance(5);
    await expect(time.advance(5)).rejects.toThrow('already being run');
    await first;
  });

  it('steps event by event', async () => {
    const time = createVirtualTime();
    const ran: string[] = [];
    time.timers.after(1, () => void ran.push('a'));
    time.timers.after(2, () => void ran.push('b')).cancel();
    time.timers.after(3, () => void ran.push('c'));
    expect(await time.step()).toBe(true);
    expect(ran).toEqual(['a']);
    expect(await time.step()).toBe(true);
    expect(await time.step()).toBe(false);
    expect(ran).toEqual(['a', 'c']);
    expect(time.nowMs()).toBe(3);
  });
});

describe('the time of a process', () => {
  it('never fires again once the process has ended', async () => {
    const time = createVirtualTime();
    const ran: string[] = [];
    const process = createProcessTime({ clock: time.clock, timers: time.timers });
    process.timers.after(5, () => void ran.push('set before'));
    process.end();
    process.timers.after(1, () => void ran.push('set after'));
    await time.advance(10);
    expect(ran).toEqual([]);
  });

  it('jumps only the wall clock of a process', async () => {
    const time = createVirtualTime();
    const process = createProcessTime({ clock: time.clock, timers: time.timers });
    const [wallMs, monotonicMs] = [process.clock.wallMs(), process.clock.monotonicMs()];
    let fired = false;
    process.timers.after(10, () => void (fired = true));
    process.jump(-3_600_000);
    await time.advance(10);
    expect(fired).toBe(true);
    expect(process.clock.wallMs()).toBe(wallMs - 3_600_000 + 10);
    expect(process.clock.monotonicMs()).toBe(monotonicMs + 10);
  });
});
