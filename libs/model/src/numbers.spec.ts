import { invariant, InvariantViolation } from './invariant';
import { addOffset, isSafeLong, offset, timestampMs } from './numbers';
import { compareLogEnds } from './offset-and-epoch';

describe('branded numbers', () => {
  it('refuses what is no offset', () => {
    for (const value of [-1, 0.5, Number.MAX_SAFE_INTEGER + 1, Number.NaN])
      expect(() => offset(value)).toThrow(InvariantViolation);
    expect(addOffset(offset(41), 1)).toBe(42);
    expect(() => addOffset(offset(0), -1)).toThrow(InvariantViolation);
  });

  it('allows -1 as "no timestamp"', () => {
    expect(timestampMs(-1)).toBe(-1);
    expect(() => timestampMs(-2)).toThrow(InvariantViolation);
  });

  it('knows which longs fit', () => {
    expect(isSafeLong(2n ** 53n - 1n)).toBe(true);
    expect(isSafeLong(2n ** 53n)).toBe(false);
  });
});

describe('log ends', () => {
  it('are ordered by epoch first', () => {
    expect(compareLogEnds({ epoch: 2, offset: offset(1) }, { epoch: 1, offset: offset(100) })).toBeGreaterThan(0);
    expect(compareLogEnds({ epoch: 1, offset: offset(1) }, { epoch: 1, offset: offset(2) })).toBeLessThan(0);
  });
});

describe('invariant', () => {
  it('names the facts', () => {
    expect(() => invariant(false, 'broken', { node: 1 })).toThrow('broken {"node":1}');
  });
});
