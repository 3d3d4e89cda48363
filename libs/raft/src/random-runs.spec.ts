import type { PlantedBugs } from './planted-bugs';
import { SafetyViolation } from './testing/cluster-invariants';
import { randomRun } from './testing/random-run';

const SEEDS = Number(process.env['RAFT_SEEDS'] ?? 60);

describe('random runs', () => {
  test('safety holds under loss, reordering, cuts and crashes, and the replicas agree soon after healing', () => {
    const runs = Array.from({ length: SEEDS }, (_, seed) => randomRun(seed));
    const sum = (of: (run: (typeof runs)[number]) => number) => runs.reduce((total, run) => total + of(run), 0);
    // A run in which nothing happens would prove nothing.
    expect(sum((run) => run.epochs)).toBeGreaterThan(SEEDS * 2);
    expect(sum((run) => run.committed)).toBeGreaterThan(SEEDS * 10);
  });

  test('the same seed gives the same run', () => {
    expect(randomRun(7)).toEqual(randomRun(7));
  });

  const bugs: readonly (readonly [keyof PlantedBugs, number])[] = [
    ['replyToVoteBeforePersist', 60],
    ['grantVoteToStaleLog', 60],
    ['commitOlderEpochByCounting', 60],
    ['leaderCountsBeforeFlush', 60],
    ['fetchBeforeFlush', 60],
  ];
  test.each(bugs)('the planted bug %s is caught', (bug, withinSeeds) => {
    let caught: unknown;
    for (let seed = 0; seed < withinSeeds && caught === undefined; seed += 1) {
      try {
        randomRun(seed, { [bug]: true });
      } catch (error) {
        if (error instanceof SafetyViolation) caught = error;
      }
    }
    expect(caught).toBeDefined();
  });
});
