import { PROFILES } from './profiles';
import { runSeed } from './run-seeds';

describe.each(PROFILES)('the $name profile', ({ name }) => {
  it('plays the same seed the same way, event by event, whatever ran before', async () => {
    const seeds = [1, 2, 3, 4, 5];
    const first: string[] = [];
    const second: string[] = [];
    for (const seed of seeds) first.push((await runSeed(name, seed)).hash);
    for (const seed of seeds.toReversed()) second.unshift((await runSeed(name, seed)).hash);
    expect(second).toEqual(first);
    expect(new Set(first).size).toBe(seeds.length);
  }, 240_000);

  it('is not changed by being watched', async () => {
    let lines = 0;
    const watched = await runSeed(name, 1, { onLog: () => (lines += 1) });
    expect(watched.hash).toBe((await runSeed(name, 1)).hash);
    expect(lines).toBeGreaterThan(0);
  }, 240_000);
});
