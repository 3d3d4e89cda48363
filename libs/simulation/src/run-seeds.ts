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

/** What a seed's failure says, with the command that plays it again; undefined when it did not fail. */
export function failureText({ profile, seed, violation }: SeedReport): string | undefined {
  if (violation === undefined) return undefined;
  const { invariant, message, atMs } = violation;
  const replay = `npm run sim -- --profile ${profile} --seed ${seed}`;
  return `${profile} seed ${seed} at ${atMs.toFixed(1)} ms: ${invariant}: ${message}\n  replay: ${replay}`;
}
