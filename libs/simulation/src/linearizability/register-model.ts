import type { SequentialModel } from './check-linearizable';

/** What is done to a register; every value is written once at most. */
export type RegisterInput = { readonly type: 'write'; readonly value: string } | { readonly type: 'read' };

/** What the caller was told: the value read, or that a write is done. */
export type RegisterOutput = { readonly type: 'written' } | { readonly type: 'read'; readonly value: string };

/** A value that is written and read as a whole, a config key of a topic for one; `initial` is what is there before. */
export function registerModel(initial: string): SequentialModel<string, RegisterInput, RegisterOutput> {
  return {
    initial,
    step(state, input, output) {
      if (input.type === 'write') return input.value;
      return output === undefined || (output.type === 'read' && output.value === state) ? state : undefined;
    },
    key: (state) => state,
  };
}
