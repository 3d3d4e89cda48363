import type { BatchMark } from '../read-log';
import { createWorld } from '../world';
import { checkLogMatching } from './log-matching';

/** A log of one-record batches from their epochs; `crcs` differ where told. */
function log(epochs: readonly number[], { from = 0, changed = -1 } = {}): readonly BatchMark[] {
  return epochs.map((epoch, index) => {
    const offset = from + index;
    return { baseOffset: offset, lastOffset: offset, epoch, crc: changed === offset ? 1 : 0 };
  });
}

/** The invariant that is found broken; the exception only ends a run. */
function verdict(left: readonly BatchMark[], right: readonly BatchMark[]): string | undefined {
  const world = createWorld(1);
  try {
    checkLogMatching(
      world,
      new Map([
        ['left', left],
        ['right', right],
      ]),
    );
  } catch {
    return world.violation?.invariant;
  }
  return world.violation?.invariant;
}

it.each([
  ['equal logs', log([1, 1, 2]), log([1, 1, 2])],
  ['a log that is behind', log([1, 1, 2]), log([1, 1])],
  ['tails of different epochs', log([1, 1, 2]), log([1, 1, 3, 3])],
  ['an empty log', log([]), log([1])],
  ['a log whose start was deleted', log([1, 1, 2]), log([1, 2], { from: 1 })],
])('accepts %s', (_what, left, right) => {
  expect(verdict(left, right)).toBeUndefined();
  expect(verdict(right, left)).toBeUndefined();
});

it.each([
  ['another record before a batch they share', log([1, 1, 2]), log([1, 1, 2], { changed: 1 })],
  ['another record in a batch they share', log([1, 1, 2]), log([1, 1, 2], { changed: 2 })],
  ['another epoch before a batch they share', log([1, 1, 3]), log([1, 2, 3])],
])('finds %s', (_what, left, right) => {
  expect(verdict(left, right)).toMatch('R3');
  expect(verdict(right, left)).toMatch('R3');
});
