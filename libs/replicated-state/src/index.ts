export type { LeadershipFailures } from './leadership-failures';
export type {
  AppendedRange,
  CommittedValues,
  Decision,
  ReplayedBatch,
  ReplicatedLog,
  StateMachine,
} from './state-machine';
export {
  createReplicatedState,
  type ReplicatedState,
  type ReplicatedStateOptions,
  type SubmitOptions,
} from './replicated-state';
