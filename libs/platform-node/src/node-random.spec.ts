import { createNodeRandom } from './node-random';

describe('randomness of Node', () => {
  it('stays below its bound and reaches every value', () => {
    const random = createNodeRandom();
    const seen = new Set(Array.from({ length: 2000 }, () => random.below(10)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(random.below(1)).toBe(0);
    expect(random.below(2 ** 32)).toBeLessThan(2 ** 32);
    expect(() => random.below(0)).toThrow('bound');
  });

  it('does not repeat itself', () => {
    const random = createNodeRandom();
    expect(new Set(Array.from({ length: 5000 }, () => random.uint32())).size).toBeGreaterThan(4990);
    expect(Buffer.from(random.bytes(16))).not.toEqual(Buffer.from(random.bytes(16)));
    expect(random.bytes(16)).toHaveLength(16);
  });
});
