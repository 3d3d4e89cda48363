import { failureText, runSeeds, type SeedRange } from '../run-seeds';

/** Seeds of one test: a failure then names few of them, and a slow machine meets no time limit. */
const SEEDS_PER_TEST = 25;
const TIMEOUT_MS = 240_000;

/** Declares tests that run the seeds and find nothing wrong, and that something was acknowledged in them. */
export function itKeepsItsPromises({ profile, from, count }: SeedRange): void {
  for (let first = from; first < from + count; first += SEEDS_PER_TEST) {
    const seeds = Math.min(SEEDS_PER_TEST, from + count - first);
    const name = `keeps every promise of the ${profile} profile over seeds ${first} to ${first + seeds - 1}`;
    it(
      name,
      async () => {
        const failures: string[] = [];
        let acknowledged = 0;
        for await (const report of runSeeds({ profile, from: first, count: seeds })) {
          acknowledged += report.acknowledged;
          const failure = failureText(report);
          if (failure !== undefined) failures.push(failure);
        }
        expect(failures).toEqual([]);
        expect(acknowledged).toBeGreaterThan(10 * seeds);
      },
      TIMEOUT_MS,
    );
  }
}
