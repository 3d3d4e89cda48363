import { offset, type Offset } from '@milena/model';
import { majorityOffset } from './majority-offset';

const ends = (...values: readonly (number | undefined)[]): (Offset | undefined)[] =>
  values.map((value) => (value === undefined ? undefined : offset(value)));

describe('the offset a majority has reached', () => {
  test.each([
    [ends(7), 7],
    [ends(7, 5), 5],
    [ends(3, 9, 7), 7],
    [ends(1, 2, 3, 4), 2],
    [ends(5, 1, 4, 2, 3), 3],
    [ends(9, 9, 0), 9],
  ])('%j gives %i', (given, expected) => {
    expect(majorityOffset(given)).toBe(expected);
  });

  test('a voter that has not fetched counts for nothing', () => {
    expect(majorityOffset(ends(9, undefined, undefined))).toBeUndefined();
    expect(majorityOffset(ends(9, 4, undefined))).toBe(4);
    expect(majorityOffset(ends(9, 0, undefined))).toBe(0);
  });
});
