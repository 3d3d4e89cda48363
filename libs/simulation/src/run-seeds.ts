import { PROFILES, type Profile, type RunOptions } from './profiles';
import type { SeedReport } from './seed-report';

/** Which seeds of which profile. */
export interface SeedRange {
  readonly profile: Profile['name'];
  readonly from: number;
  readonly count: number;
}

/** Runs one seed. */
export function runSeed(name: Profile['name'], seed: number, options: RunOptions = {}): Promise<SeedReport> {
  const profile = PROFILES.find((candidate) => candidate.name === name);
  if (profile === undefined)
    throw new Error(`no profile ${name}; there are ${PROFILES.map((each) => each.name).join(', ')}`);
  return profile.run(seed, options);
}

/** Runs the seeds one after the other and yields what each showed. */
export async function* runSeeds(
  { profile, from, count }: SeedRange,
  options: RunOptions = {},
): AsyncGenerator<SeedReport> {
  for (let seed = from; seed < from + count; seed += 1) yield await runSeed(profile, seed, options);
}
