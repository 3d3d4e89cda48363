import type { CrashMode } from '@milena/platform/testing';
import { ELECTION_SCENARIOS } from './crash-points/election-scenarios';
import { LOG_SCENARIOS } from './crash-points/log-scenarios';
import { playScenario, type CrashReport } from './crash-points/play-scenario';
import { REPLICA_SCENARIOS } from './crash-points/replica-scenarios';
import type { CrashScenario } from './crash-points/scenario';
import { SNAPSHOT_SCENARIOS } from './crash-points/snapshot-scenarios';
import { VOTER_SCENARIOS } from './crash-points/voter-scenarios';
import type { WorldOptions } from './world';

export type { CrashReport, CrashScenario };

/** The scenarios; each is deterministic, so that the same effect is met again in every run. */
export const CRASH_SCENARIOS: readonly CrashScenario[] = [
  ...ELECTION_SCENARIOS,
  ...LOG_SCENARIOS,
  ...SNAPSHOT_SCENARIOS,
  ...VOTER_SCENARIOS,
  ...REPLICA_SCENARIOS,
];

/** Plays a scenario without a crash: how many effects there are. */
export function countEffects(scenario: CrashScenario, options?: Pick<WorldOptions, 'onLog'>): Promise<CrashReport> {
  return playScenario(scenario, undefined, options);
}

/** Plays a scenario with a crash at its effect number `at`, from 1; the effect itself is left out. */
export function playCrash(
  scenario: CrashScenario,
  at: number,
  mode: CrashMode,
  options?: Pick<WorldOptions, 'onLog'>,
): Promise<CrashReport> {
  return playScenario(scenario, { at, mode }, options);
}
