import { includesVersion, NO_VERSIONS, versionRange } from './version-range';

describe('versionRange', () => {
  it.each([
    ['3+', [false, true, true]],
    ['0-3', [true, true, false]],
    ['2', [true, false, false]],
  ])('%s', (text, [two, three, four]) => {
    const range = versionRange(text);
    expect([2, 3, 4].map((version) => includesVersion(range, version))).toEqual([two, three, four]);
  });

  it('refuses what is no range', () => {
    expect(() => versionRange('3-')).toThrow('not a version range');
  });

  it('has a range that nothing is in', () => {
    expect(includesVersion(NO_VERSIONS, 0)).toBe(false);
  });
});
