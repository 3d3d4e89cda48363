import { storyOf } from './story';

it('tells who did what, when, and everything about it', () => {
  const actions = [
    { atMs: 12.345, by: 'faults', do: 'crash', host: 'controller-101', mode: 'tear', downMs: 1 },
    { atMs: 1000, by: 'faults', do: 'cut', from: 'controller-101', to: 'outside', bothWays: true, forMs: 30 },
    { atMs: 1200, by: 'admin a', do: 'create', topic: 'a-0' },
    { atMs: 1300, by: 'operator', do: 'move replicas', topic: 'a-0', partition: 1, target: [3, 1] },
    { atMs: 1400, by: 'operator', do: 'move replicas', topic: 'a-0', partition: 1, target: null },
  ];
  expect(storyOf({ actions })).toEqual([
    '     12.3 ms  faults    crash controller-101 tear, down 1 ms',
    '   1000.0 ms  faults    cut controller-101 outside, both ways, for 30 ms',
    '   1200.0 ms  admin a   create a-0',
    '   1300.0 ms  operator  move replicas a-0, partition 1, target 3 1',
    '   1400.0 ms  operator  move replicas a-0, partition 1, no target',
  ]);
});
