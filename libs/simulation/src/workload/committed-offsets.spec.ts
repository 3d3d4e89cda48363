import { createWorld } from '../world';
import { CommittedOffsets } from './committed-offsets';

function setUp(): { commits: CommittedOffsets; found: () => string | undefined } {
  const world = createWorld(1);
  return { commits: new CommittedOffsets(world), found: () => world.violation?.invariant };
}

it('accepts the last acknowledged offset, a later one, and one whose outcome was unknown', () => {
  const { commits, found } = setUp();
  commits.fetched('g', -1, 1);
  commits.committed('g', 1, 1);
  commits.uncertain('g', 2);
  commits.committed('g', 3, 1);
  for (const offset of [3, 2, 4]) commits.fetched('g', offset, 1);
  commits.concludes('g', 3);
  commits.concludes('other', -1);
  expect(found()).toBeUndefined();
  expect(commits.acknowledged).toBe(2);
});

it('forgives another coordinator that it answers from the past, until the final look', () => {
  const { commits, found } = setUp();
  commits.committed('g', 1, 1);
  commits.committed('g', 2, 2);
  commits.fetched('g', 1, 1);
  expect(found()).toBeUndefined();
  commits.concludes('g', 1);
  expect(found()).toMatch('G3');
});

it.each([-1, 1])('finds that an acknowledged offset has become %i', (offset) => {
  const { commits, found } = setUp();
  commits.committed('g', 1, 1);
  commits.committed('g', 2, 1);
  commits.fetched('g', offset, 1);
  expect(found()).toMatch('G3');
});
