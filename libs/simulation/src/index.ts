export { PROFILES, type Profile, type RunOptions } from './profiles';
export { PLANTED_BUGS, type PlantedBug } from './planted-bugs';
export { RARE_STATES, type RareState } from './rare-states';
export { CRASH_SCENARIOS, countEffects, playCrash, type CrashReport, type CrashScenario } from './crash-points';
export {
  checkLinearizable,
  type Operation,
  type SequentialModel,
  type Verdict,
} from './linearizability/check-linearizable';
export { registerModel, type RegisterInput, type RegisterOutput } from './linearizability/register-model';
export { topicModel, type TopicInput, type TopicOutput } from './linearizability/topic-model';
export type { Action, ChoicesMade, Fact, Script, Setting } from './choices/script';
export { formatScenario, parseScenario, type Scenario } from './shrink/scenario';
export {
  countChoices,
  shrinkScenario,
  type FailedRun,
  type ScenarioRun,
  type Shrunk,
  type ShrinkOptions,
} from './shrink/shrink-scenario';
export { storyOf } from './shrink/story';
export { runSeed, runSeeds, type SeedRange } from './run-seeds';
export type { SeedReport } from './seed-report';
export type { Violation } from './violation';
export type { LogLine, LogSink } from './world-log';
