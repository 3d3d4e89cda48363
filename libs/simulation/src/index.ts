export { PLANTED_BUGS, PROFILES, type PlantedBug, type Profile, type RunOptions } from './profiles';
export { failureText, runSeed, runSeeds, type SeedRange } from './run-seeds';
export type { SeedReport } from './seed-report';
export type { Violation } from './violation';
export type { LogLine, LogSink } from './world-log';
