import { firstOffset, parseStartOffset } from './start-offset';

describe('where consuming begins', () => {
  it.each([
    ['start', 10],
    ['beginning', 10],
    ['end', 20],
    ['15', 15],
    ['-3', 17],
    ['+2', 12],
    ['5', 10],
    ['99', 20],
    ['-99', 10],
    ['+99', 20],
  ])('is with %s at %i in a log from 10 to 20', (text, expected) => {
    expect(firstOffset(parseStartOffset(text), 10, 20)).toBe(expected);
  });

  it.each(['', 'middle', '--3', '1.5', '9'.repeat(16)])('cannot be %p', (text) => {
    expect(() => parseStartOffset(text)).toThrow('--offset');
  });
});
