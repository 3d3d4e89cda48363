import { offset, ZERO_OFFSET } from '@milena/model';
import { DurableEnd } from './durable-end';

describe('durable end', () => {
  test('flushes move it forwards only', () => {
    const durable = new DurableEnd(ZERO_OFFSET);
    const [first, second] = [durable.flush(offset(3), 1), durable.flush(offset(5), 1)];
    durable.flushed(second);
    durable.flushed(first);
    expect(durable.offset).toBe(5);
  });

  test('a flush begun before a truncation says nothing about what was appended after it', () => {
    const durable = new DurableEnd(ZERO_OFFSET);
    const stale = durable.flush(offset(9), 1);
    durable.truncatedTo(offset(4));
    durable.flushed(stale);
    expect(durable.offset).toBe(0);
    durable.flushed(durable.flush(offset(6), 1));
    durable.truncatedTo(offset(5));
    expect(durable.offset).toBe(5);
  });

  test('a truncation is under way until a flush that began after it has ended', () => {
    const durable = new DurableEnd(offset(9));
    const stale = durable.flush(offset(9), 1);
    durable.truncatedTo(offset(4));
    durable.flushed(stale);
    expect(durable.isTruncating).toBe(true);
    durable.flushed(durable.flush(offset(4), 1));
    expect(durable.isTruncating).toBe(false);
  });

  test('the first flush of an epoch is urgent, for the quorum serves nobody before', () => {
    const durable = new DurableEnd(offset(0));
    const asked = [1, 1, 2, 2].map((epoch, index) => durable.flush(offset(index + 1), epoch).isUrgent);
    expect(asked).toEqual([true, false, true, false]);
  });
});
