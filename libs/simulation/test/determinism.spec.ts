import { PROFILES } from '../src/profiles';
import type { Script } from '../src/choices/script';
import { runSeed } from '../src/run-seeds';
import { scriptOf } from '../src/shrink/shrink-scenario';
import { runSim, SIM_TIMEOUT_MS } from './run-sim';

describe('the same seed', () => {
  it.each(PROFILES)(
    'plays the same way event by event in one process, whatever ran before: $name',
    async ({ name }) => {
      const seeds = [2, 3];
      const first: string[] = [];
      const second: string[] = [];
      for (const seed of seeds) first.push((await runSeed(name, seed)).hash);
      for (const seed of seeds.toReversed()) second.unshift((await runSeed(name, seed)).hash);
      expect(second).toEqual(first);
      expect(new Set(first).size).toBe(seeds.length);
    },
    SIM_TIMEOUT_MS,
  );

  it.each(PROFILES)(
    'plays the same way from its own choices as a script: $name',
    async ({ name }) => {
      const { hash, choices } = await runSeed(name, 2);
      const script = JSON.parse(JSON.stringify(scriptOf(choices))) as Script;
      const again = await runSeed(name, 2, { script });
      expect(again.hash).toBe(hash);
      expect(again.choices).toEqual(choices);
    },
    SIM_TIMEOUT_MS,
  );

  it(
    'plays the same way when its nodes are listened to',
    async () => {
      let lines = 0;
      const watched = await runSeed('quorum', 1, { onLog: () => (lines += 1) });
      expect(watched.hash).toBe((await runSeed('quorum', 1)).hash);
      expect(lines).toBeGreaterThan(0);
    },
    SIM_TIMEOUT_MS,
  );

  it(
    'plays the same way in fresh processes; .ci/run looks at 200 seeds',
    async () => {
      const { exitCode, lines } = await runSim('--determinism', '--seeds', '4');
      expect(lines).toEqual(['4 seeds twice in one process and once in a fresh one: 0 hashes differ']);
      expect(exitCode).toBe(0);
    },
    SIM_TIMEOUT_MS,
  );
});
