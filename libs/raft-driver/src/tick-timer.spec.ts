import { createVirtualTime } from '@milena/platform/testing';
import { createTickTimer } from './tick-timer';

function setUp() {
  const time = createVirtualTime();
  const firedAt: number[] = [];
  const timer = createTickTimer(time, () => firedAt.push(time.nowMs()));
  return { time, timer, firedAt };
}

it('runs once at its deadline', async () => {
  const { time, timer, firedAt } = setUp();
  timer.set(50);
  await time.advance(200);
  expect(firedAt).toEqual([50]);
});

it('runs at the last deadline set, earlier or later than the one before', async () => {
  const { time, timer, firedAt } = setUp();
  timer.set(50);
  timer.set(80);
  await time.advance(100);
  timer.set(300);
  timer.set(150);
  await time.advance(1000);
  expect(firedAt).toEqual([80, 150]);
});

it('sets no second timer for a deadline that moves back', () => {
  const { time, timer } = setUp();
  for (let deadline = 50; deadline < 150; deadline++) timer.set(deadline);
  expect(time.pending()).toBe(1);
});

it('runs no more once cancelled or set to never', async () => {
  const { time, timer, firedAt } = setUp();
  timer.set(50);
  timer.set(undefined);
  await time.advance(100);
  timer.set(150);
  timer.cancel();
  await time.advance(100);
  expect(firedAt).toEqual([]);
});
