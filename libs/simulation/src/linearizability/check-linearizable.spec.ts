import fc from 'fast-check';
import { checkLinearizable, type Operation } from './check-linearizable';
import { registerModel, type RegisterInput, type RegisterOutput } from './register-model';
import { topicModel, type TopicInput, type TopicOutput } from './topic-model';

type TopicOperation = Operation<TopicInput, TopicOutput>;

const at = (invokedAt: number, returnedAt: number, input: TopicInput, output?: TopicOutput): TopicOperation => ({
  input,
  output,
  invokedAt,
  returnedAt,
});
const created = (topicId: string): TopicOutput => ({ type: 'created', topicId });
const deleted = (topicId: string): TopicOutput => ({ type: 'deleted', topicId });
const described = (topicId: string): TopicOutput => ({ type: 'described', topicId });
const exists: TopicOutput = { type: 'exists' };
const missing: TopicOutput = { type: 'missing' };

const check = (operations: readonly TopicOperation[]) => checkLinearizable(topicModel, operations);

it.each<[string, readonly TopicOperation[]]>([
  ['nothing', []],
  [
    'one after the other',
    [at(0, 1, 'create', created('a')), at(2, 3, 'create', exists), at(4, 5, 'delete', deleted('a'))],
  ],
  ['two at once, whichever was first', [at(0, 9, 'create', exists), at(1, 8, 'create', created('a'))]],
  ['a deletion that overlaps the creation', [at(0, 9, 'delete', deleted('a')), at(1, 8, 'create', created('a'))]],
  [
    'an unknown creation that happened',
    [at(0, 0, 'create'), at(5, 6, 'create', exists), at(7, 8, 'delete', deleted('z'))],
  ],
  ['an unknown creation that never happened', [at(0, 0, 'create'), at(5, 6, 'delete', missing)]],
  [
    'an unknown deletion that took effect late',
    [
      at(0, 1, 'create', created('a')),
      at(2, 2, 'delete'),
      at(3, 4, 'create', exists),
      at(5, 6, 'create', created('b')),
    ],
  ],
  [
    'a description of what an unknown creation made, and its deletion without an id',
    [
      at(0, 0, 'create'),
      at(5, 6, 'describe', described('a')),
      at(7, 8, 'delete', { type: 'deleted', topicId: undefined }),
      at(9, 10, 'describe', missing),
    ],
  ],
  [
    'a description that overlaps the deletion',
    [
      at(0, 1, 'create', created('a')),
      at(2, 9, 'delete', deleted('a')),
      at(3, 4, 'describe', missing),
      at(3, 4, 'describe', described('a')),
    ],
  ],
  ['answers at the same moment', [at(0, 5, 'create', created('a')), at(5, 6, 'delete', missing)]],
])('accepts %s', (_name, operations) => {
  expect(check(operations)).toBe('linearizable');
});

it.each<[string, readonly TopicOperation[]]>([
  ['a lost creation', [at(0, 1, 'create', created('a')), at(2, 3, 'delete', missing)]],
  ['a creation acknowledged twice', [at(0, 1, 'create', created('a')), at(2, 3, 'create', created('b'))]],
  ['two overlapping creations that both succeed', [at(0, 9, 'create', created('a')), at(1, 8, 'create', created('b'))]],
  ['a stale description', [at(0, 1, 'create', created('a')), at(2, 3, 'describe', missing)]],
  [
    'a description that goes back',
    [at(0, 9, 'create', created('a')), at(1, 2, 'describe', described('a')), at(3, 4, 'describe', missing)],
  ],
  [
    'an unknown creation that turns out to be two',
    [at(0, 0, 'create'), at(5, 6, 'describe', described('a')), at(7, 8, 'describe', described('b'))],
  ],
  ['a stale answer', [at(0, 1, 'create', created('a')), at(2, 3, 'delete', deleted('a')), at(4, 5, 'create', exists)]],
  ['another topic deleted than was there', [at(0, 1, 'create', created('a')), at(2, 3, 'delete', deleted('b'))]],
  ['a deletion before the creation', [at(0, 1, 'delete', deleted('a')), at(2, 3, 'create', created('a'))]],
  ['an unknown creation that happened before it was asked for', [at(0, 1, 'create', exists), at(5, 5, 'create')]],
  [
    'a deleted topic that comes back',
    [at(0, 1, 'create', created('a')), at(2, 3, 'delete', deleted('a')), at(4, 5, 'delete', deleted('a'))],
  ],
])('refuses %s', (_name, operations) => {
  expect(check(operations)).toBe('not linearizable');
});

describe('a register', () => {
  const write = (
    from: number,
    to: number,
    value: string,
    isKnown = true,
  ): Operation<RegisterInput, RegisterOutput> => ({
    input: { type: 'write', value },
    output: isKnown ? { type: 'written' } : undefined,
    invokedAt: from,
    returnedAt: to,
  });
  const read = (from: number, to: number, value: string): Operation<RegisterInput, RegisterOutput> => ({
    input: { type: 'read' },
    output: { type: 'read', value },
    invokedAt: from,
    returnedAt: to,
  });

  it.each([
    ['linearizable', [read(0, 1, 'first'), write(2, 3, 'a'), read(4, 5, 'a')]],
    ['linearizable', [write(0, 9, 'a'), read(1, 2, 'first'), read(3, 4, 'a')]],
    ['linearizable', [write(0, 0, 'a', false), write(1, 2, 'b'), read(3, 4, 'b'), read(5, 6, 'a')]],
    ['not linearizable', [write(0, 1, 'a'), read(2, 3, 'first')]],
    ['not linearizable', [write(0, 9, 'a'), read(1, 2, 'a'), read(3, 4, 'first')]],
    ['not linearizable', [write(0, 1, 'a'), write(2, 3, 'b'), read(4, 5, 'a')]],
  ] as const)('is %s or not', (verdict, operations) => {
    expect(checkLinearizable(registerModel('first'), operations)).toBe(verdict);
  });
});

it('gives up at its limit', () => {
  const operations = [at(0, 1, 'create', created('a')), at(2, 3, 'create', exists), at(4, 5, 'delete', deleted('a'))];
  expect(checkLinearizable(topicModel, operations, 2)).toBe('unknown');
});

/** A legal history: operations take effect one after the other, each at a moment between its call and its answer. */
const legalHistory = fc
  .array(fc.record({ create: fc.boolean(), early: fc.nat(4), late: fc.nat(4), unknown: fc.nat(9) }), { maxLength: 30 })
  .map((steps) => {
    let state = '';
    return steps.map(({ create, early, late, unknown }, index): TopicOperation => {
      const moment = index * 3;
      let output: TopicOutput;
      if (create) output = state === '' ? created(`id-${index}`) : exists;
      else output = state === '' ? missing : deleted(state);
      if (output.type === 'created') state = output.topicId;
      if (output.type === 'deleted') state = '';
      const isUnknown = unknown === 0 && output.type !== 'created';
      return at(moment - early, moment + late, create ? 'create' : 'delete', isUnknown ? undefined : output);
    });
  });

it('accepts every history of a real register', () => {
  fc.assert(
    fc.property(legalHistory, (operations) => check(operations) === 'linearizable'),
    { seed: 4, numRuns: 300 },
  );
});

it('agrees with a search through all orders, legal or not', () => {
  const small = fc.tuple(legalHistory, fc.nat(), fc.boolean()).map(([operations, where, spoil]) => {
    const few = operations.slice(0, 6);
    const victim = few[where % Math.max(1, few.length)];
    if (!spoil || victim === undefined) return few;
    const output = victim.input === 'create' ? exists : missing;
    return few.map((each) => (each === victim ? { ...each, output } : each));
  });
  fc.assert(
    fc.property(
      small,
      (operations) => check(operations) === (anyOrderFits(operations, '') ? 'linearizable' : 'not linearizable'),
    ),
    { seed: 5, numRuns: 500 },
  );
});

function anyOrderFits(left: readonly TopicOperation[], state: string): boolean {
  if (left.every(({ output }) => output === undefined)) return true;
  return left.some((operation) => {
    const isMinimal = left.every(
      (other) => other === operation || other.output === undefined || other.returnedAt >= operation.invokedAt,
    );
    const after = isMinimal ? topicModel.step(state, operation.input, operation.output) : undefined;
    return (
      after !== undefined &&
      anyOrderFits(
        left.filter((other) => other !== operation),
        after,
      )
    );
  });
}
