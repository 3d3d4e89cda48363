import { offset, ZERO_OFFSET } from '@milena/model';
import { DurableEnd } from './durable-end';

describe('durable end', () => {
  test('flushes move it forwards only', () => {
    const durable = new DurableEnd(ZERO_OFFSET);
    const [first, second] = [durable.flush(offset(3)), durable.flush(offset(5))];
    durable.flushed(second);
    durable.flushed(first);
    expect(durable.offset).toBe(5);
  });

  test('a flush begun before a truncation says nothing about what was appended after it', () => {
    const durable = new DurableEnd(ZERO_OFFSET);
    const stale = durable.flush(offset(9));
    durable.truncatedTo(offset(4));
    durable.flushed(stale);
    expect(durable.offset).toBe(0);
    durable.flushed(durable.flush(offset(6)));
    durable.truncatedTo(offset(5));
    expect(durable.offset).toBe(5);
  });

  test('a truncation is under way until a flush that began after it has ended', () => {
    const durable = new DurableEnd(offset(9));
    const stale = durable.flush(offset(9));
    durable.truncatedTo(offset(4));
    durable.flushed(stale);
    expect(durable.isTruncating).toBe(true);
    durable.flushed(durable.flush(offset(4)));
    expect(durable.isTruncating).toBe(false);
  });
});
