import { createSeededRandom } from '@milena/platform/testing';
import { RandomRun } from './testing/random-run';

/** Seeds of the runs; each is 300 inputs. */
const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

describe('random runs', () => {
  it.each(SEEDS)('seed %i keeps what groups promise', (seed) => {
    const run = new RandomRun(createSeededRandom(seed));
    for (let step = 0; step < 300; step += 1) run.step();
    run.finish();
    expect(run.violations).toEqual([]);
  });

  it('reach every state, and failovers in the middle of them', () => {
    const seen = new Set<string>();
    for (const seed of SEEDS) {
      const run = new RandomRun(createSeededRandom(seed));
      for (let step = 0; step < 300; step += 1) run.step();
      for (const mark of run.marks) seen.add(mark);
    }
    for (const mark of ['Stable', 'CompletingRebalance', 'PreparingRebalance', 'Empty']) {
      expect(seen).toContain(`failover while ${mark}`);
    }
    expect(seen).toContain('commit accepted');
    expect(seen).toContain('commit of an old generation refused');
  });
});
