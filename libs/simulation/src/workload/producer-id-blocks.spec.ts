import { createWorld } from '../world';
import { ProducerIdBlocks } from './producer-id-blocks';

it.each([
  ['blocks side by side', [0, 1000], undefined],
  ['a block given twice', [1000, 1000], 'C2 producer ids are given once'],
  ['blocks that overlap', [1000, 1500], 'C2 producer ids are given once'],
])('judges %s', (_what, starts, invariant) => {
  const world = createWorld(1);
  const blocks = new ProducerIdBlocks(world);
  for (const start of starts) blocks.given(1, start, 1000);
  expect(world.violation?.invariant).toBe(invariant);
});
