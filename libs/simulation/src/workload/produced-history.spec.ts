import { createWorld, type World } from '../world';
import { ProducedHistory } from './produced-history';

const AT = { topic: 'events', partition: 0 };

function setUp(): { history: ProducedHistory; world: World; found: () => string | undefined } {
  const world = createWorld(1);
  return { world, history: new ProducedHistory(world), found: () => world.violation?.invariant };
}

const log = (...values: readonly string[]) => new Map(values.map((value, offset) => [offset, value]));

it('accepts a log that holds what was acknowledged and read, and more of unknown outcome', () => {
  const { history, found } = setUp();
  history.acked(AT, 0, ['a:0', 'a:1'], 'a');
  history.read(AT, 2, 'b:0', 'consumer');
  history.concludes(AT, log('a:0', 'a:1', 'b:0', 'a:2'));
  expect(found()).toBeUndefined();
  expect(history.acknowledged).toBe(2);
});

it.each([
  ['an acknowledged record is missing', 'P1', ['a:0']],
  ['another record stands in its place', 'P1', ['a:0', 'b:0']],
])('finds that %s', (_what, invariant, values) => {
  const { history, found } = setUp();
  history.acked(AT, 0, ['a:0', 'a:1'], 'a');
  history.concludes(AT, log(...values));
  expect(found()).toMatch(invariant);
});

it('finds that a record which was read is gone', () => {
  const { history, found } = setUp();
  history.read(AT, 0, 'a:0', 'consumer');
  history.concludes(AT, log());
  expect(found()).toMatch('P1');
});

it('finds two records acknowledged at one offset, as two leaders of one epoch would', () => {
  const { history, found } = setUp();
  history.acked(AT, 5, ['a:0'], 'a');
  history.acked(AT, 5, ['b:0'], 'b');
  expect(found()).toMatch('P3');
});

it('finds an offset that is none', () => {
  const { history, found } = setUp();
  history.acked(AT, -1, ['a:0'], 'a');
  expect(found()).toMatch('P14');
});

it('finds one record read at two offsets', () => {
  const { history, found } = setUp();
  history.read(AT, 1, 'a:0', 'consumer');
  history.read(AT, 2, 'a:0', 'consumer');
  expect(found()).toMatch('T1');
});

it.each([
  ['a gap', ['a:0', 'a:2']],
  ['a repetition', ['a:0', 'a:0']],
  ['a wrong order', ['a:1', 'a:0']],
  ['a late start', ['b:0', 'a:1']],
])('finds %s in the sequences of a producer', (_what, values) => {
  const { history, found } = setUp();
  history.concludes(AT, log(...values));
  expect(found()).toMatch('T1');
});
