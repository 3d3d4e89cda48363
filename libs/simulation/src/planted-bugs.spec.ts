import { PLANTED_BUGS } from './profiles';
import { runSeeds } from './run-seeds';

const SEEDS_MAX = 100;

/** What may speak up: a checker's invariant, or an assertion of the product itself. */
describe('a planted bug', () => {
  it.each(PLANTED_BUGS)(
    'is caught within 100 seeds: $bug',
    async ({ bug, profile }) => {
      const found: string[] = [];
      for await (const { violation } of runSeeds({ profile, from: 1, count: SEEDS_MAX }, { plantedBug: bug })) {
        if (violation !== undefined) found.push(violation.invariant);
        if (found.length > 0) break;
      }
      expect(found).toEqual([expect.stringMatching(/^(R|P|T|S4)/)]);
    },
    240_000,
  );
});
