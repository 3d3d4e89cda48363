import { createVirtualTime } from '@milena/platform/testing';
import { DeadlineWheel, NOT_WAITING } from './deadline-wheel';

function scene() {
  const time = createVirtualTime();
  const due: (readonly [string, number])[] = [];
  const wheel = new DeadlineWheel<{ name: string; slot: number }>(time, ({ name }) => due.push([name, time.nowMs()]));
  const add = (name: string, waitMs: number) => {
    const item = { name, slot: NOT_WAITING };
    wheel.add(item, waitMs);
    return item;
  };
  return { time, due, wheel, add };
}

describe('deadline wheel', () => {
  test('notices deadlines in order, at most one slot late and never early', async () => {
    const { time, due, add } = scene();
    add('late', 503);
    add('early', 27);
    await time.advance(1000);
    expect(due).toEqual([
      ['early', 30],
      ['late', 510],
    ]);
  });

  test('forgets what was removed', async () => {
    const { time, due, wheel, add } = scene();
    const item = add('gone', 50);
    add('kept', 50);
    wheel.remove(item);
    await time.advance(1000);
    expect(due.map(([name]) => name)).toEqual(['kept']);
  });

  test('items added while others fall due wait for their own deadline', async () => {
    const time = createVirtualTime();
    const due: number[] = [];
    const wheel = new DeadlineWheel<{ slot: number }>(time, (item) => {
      due.push(time.nowMs());
      if (due.length < 3) wheel.add(item, 20);
    });
    wheel.add({ slot: NOT_WAITING }, 20);
    await time.advance(1000);
    expect(due).toEqual([20, 40, 60]);
  });

  test('keeps no timer while nothing waits', async () => {
    const { time, add } = scene();
    add('one', 10);
    await time.advance(100);
    expect(time.pending()).toBe(0);
  });
});
