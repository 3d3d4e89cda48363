import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Profile } from './profiles';
import { failureText, runSeed } from './run-seeds';

/** A seed that found a defect in the product, and which. */
interface Regression {
  readonly profile: Profile['name'];
  readonly seed: number;
  readonly found: string;
}

const REGRESSIONS = JSON.parse(
  readFileSync(join(__dirname, '..', 'regressions.json'), 'utf8'),
) as readonly Regression[];

describe('a seed that found a defect', () => {
  it.each(REGRESSIONS)(
    '$profile $seed passes: $found',
    async ({ profile, seed }) => {
      expect(failureText(await runSeed(profile, seed))).toBeUndefined();
    },
    60_000,
  );
});
