import { GroupState } from '@milena/proto';

const STATES: ReadonlyMap<string, GroupState> = new Map([
  ['Empty', GroupState.EMPTY],
  ['PreparingRebalance', GroupState.PREPARING_REBALANCE],
  ['CompletingRebalance', GroupState.COMPLETING_REBALANCE],
  ['Stable', GroupState.STABLE],
  ['Dead', GroupState.DEAD],
]);
const NAMES: ReadonlyMap<GroupState, string> = new Map([...STATES].map(([name, state]) => [state, name]));

/** The state of Kafka's name; UNSPECIFIED for a name that is none. */
export function groupStateMessage(name: string): GroupState {
  return STATES.get(name) ?? GroupState.UNSPECIFIED;
}

/** Kafka's name of a state; undefined for UNSPECIFIED and numbers that are none. */
export function groupStateName(state: GroupState): string | undefined {
  return NAMES.get(state);
}
