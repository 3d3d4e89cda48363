/** One operation of a client as it was seen from outside. */
export interface Operation<Input, Output> {
  readonly input: Input;
  /** Undefined when nobody knows whether it took effect: it may have, at any time since, or never. */
  readonly output: Output | undefined;
  readonly invokedAt: number;
  /** When its answer came; of no meaning without an output. */
  readonly returnedAt: number;
}

/** What operations do to one object when they come one after the other. */
export interface SequentialModel<State, Input, Output> {
  readonly initial: State;
  /** The state after an operation, undefined when the output is impossible in this state; any output fits undefined. */
  step(state: State, input: Input, output: Output | undefined): State | undefined;
  /** A text that is equal for equal states. */
  key(state: State): string;
}

/** `unknown`: the search was given up at its limit. */
export type Verdict = 'linearizable' | 'not linearizable' | 'unknown';

/** Steps of the search after which it is given up: proofs of "no" cost the most. */
const STEPS_MAX = 3_000_000;

interface Entry {
  readonly operation: number;
  readonly isReturn: boolean;
  previous: Entry | undefined;
  next: Entry | undefined;
  /** The return that belongs to an invocation; undefined for an unknown outcome. */
  match: Entry | undefined;
}

/**
 * Whether there is an order of the operations that fits their times and the model: Wing and Gong's search with Lowe's memory
 * of what was tried (as in Porcupine). One object at a time: split histories by key. An operation whose outcome is unknown
 * returns never and may be left out. Keep to five clients at once and unique values, or the search explodes.
 */
export function checkLinearizable<State, Input, Output>(
  model: SequentialModel<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  stepsMax = STEPS_MAX,
): Verdict {
  const head = entriesOf(operations);
  const done = new Int32Array(Math.ceil(operations.length / 32));
  const tried = new Set<string>();
  const taken: { readonly entry: Entry; readonly state: State }[] = [];
  let state = model.initial;
  let open = operations.filter(({ output }) => output !== undefined).length;
  let entry = head.next;
  for (let steps = 0; open > 0; steps += 1) {
    if (steps >= stepsMax) return 'unknown';
    // Behind the last return only unknown outcomes are left, so a return is met before the end.
    if (entry === undefined) return 'not linearizable';
    if (entry.isReturn) {
      const last = taken.pop();
      if (last === undefined) return 'not linearizable';
      flip(done, last.entry.operation);
      if (last.entry.match !== undefined) open += 1;
      state = last.state;
      putBack(last.entry);
      entry = last.entry.next;
      continue;
    }
    const { input, output } = operations[entry.operation] as Operation<Input, Output>;
    const after = model.step(state, input, output);
    if (after !== undefined) {
      flip(done, entry.operation);
      const memory = `${done.join()}|${model.key(after)}`;
      if (!tried.has(memory)) {
        tried.add(memory);
        taken.push({ entry, state });
        state = after;
        if (entry.match !== undefined) open -= 1;
        takeOut(entry);
        entry = head.next;
        continue;
      }
      flip(done, entry.operation);
    }
    entry = entry.next;
  }
  return 'linearizable';
}

function flip(bits: Int32Array, index: number): void {
  bits[index >> 5] = (bits[index >> 5] ?? 0) ^ (1 << (index & 31));
}

/** A list of invocations and returns in order of time, behind a head; at one time invocations come first. */
function entriesOf(operations: readonly Operation<unknown, unknown>[]): Entry {
  const events: { readonly at: number; readonly entry: Entry }[] = [];
  operations.forEach(({ output, invokedAt, returnedAt }, operation) => {
    const made = (isReturn: boolean): Entry => ({
      operation,
      isReturn,
      previous: undefined,
      next: undefined,
      match: undefined,
    });
    const call = made(false);
    events.push({ at: invokedAt, entry: call });
    if (output === undefined) return;
    call.match = made(true);
    events.push({ at: returnedAt, entry: call.match });
  });
  events.sort((left, right) => left.at - right.at || Number(left.entry.isReturn) - Number(right.entry.isReturn));
  const head: Entry = { operation: -1, isReturn: false, previous: undefined, next: undefined, match: undefined };
  let last = head;
  for (const { entry } of events) {
    last.next = entry;
    entry.previous = last;
    last = entry;
  }
  return head;
}

function takeOut(call: Entry): void {
  for (const entry of [call, call.match]) {
    if (entry === undefined) continue;
    if (entry.previous !== undefined) entry.previous.next = entry.next;
    if (entry.next !== undefined) entry.next.previous = entry.previous;
  }
}

function putBack(call: Entry): void {
  for (const entry of [call.match, call]) {
    if (entry === undefined) continue;
    if (entry.previous !== undefined) entry.previous.next = entry;
    if (entry.next !== undefined) entry.next.previous = entry;
  }
}
