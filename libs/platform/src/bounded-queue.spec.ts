import { BoundedQueue } from './bounded-queue';

describe('BoundedQueue', () => {
  it('gives items back in order and refuses beyond its capacity', () => {
    const queue = new BoundedQueue<number>(3);
    expect([1, 2, 3, 4].map((item) => queue.offer(item))).toEqual([true, true, true, false]);
    expect([queue.poll(), queue.poll(), queue.poll(), queue.poll()]).toEqual([1, 2, 3, undefined]);
  });

  it('stays in order over many rounds', () => {
    const queue = new BoundedQueue<number>(200);
    let next = 0;
    let expected = 0;
    for (let round = 0; round < 50; round += 1) {
      for (let count = 0; count < 100; count += 1) queue.offer(next++);
      for (let count = 0; count < 100; count += 1) expect(queue.poll()).toBe(expected++);
    }
    expect(queue.size).toBe(0);
  });
});
