import { createSeededRandom } from './seeded-random';

const draw = (seed: number): number[] => {
  const random = createSeededRandom(seed);
  return Array.from({ length: 20 }, () => random.uint32());
};

describe('seeded randomness', () => {
  it('repeats for the same seed and differs for the next one', () => {
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7)).not.toEqual(draw(7 + 2 ** 32));
  });

  it('gives forks that depend on seed and label only', () => {
    const fresh = createSeededRandom(1).fork('disk').uint32();
    const used = createSeededRandom(1);
    for (let count = 0; count < 10; count++) used.uint32();
    expect(used.fork('disk').uint32()).toBe(fresh);
    expect(used.fork('network').uint32()).not.toBe(fresh);
  });

  it('spreads evenly below a bound', () => {
    const random = createSeededRandom(3);
    const counts = Array.from({ length: 7 }, () => 0);
    for (let count = 0; count < 70_000; count++) {
      const value = random.below(7);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    expect(random.below(1)).toBe(0);
    expect(() => random.below(0)).toThrow('bound');
  });

  it('draws chances and bytes', () => {
    const random = createSeededRandom(4);
    const hits = Array.from({ length: 10_000 }, () => random.chance(0.1)).filter(Boolean).length;
    expect(Math.abs(hits - 1000)).toBeLessThan(150);
    expect(random.chance(0)).toBe(false);
    expect(random.chance(1)).toBe(true);
    expect(random.bytes(7)).toHaveLength(7);
    expect(new Set(random.bytes(1000)).size).toBeGreaterThan(200);
  });
});
