import { createVirtualTime } from '@milena/platform/testing';
import { ParkedFetches } from './parked-fetches';
import type { Partition } from './partition';

function scene(max = 10) {
  const time = createVirtualTime();
  const parked = new ParkedFetches(time, max);
  const answered: string[] = [];
  // Parked fetches look at nothing but a partition's identity.
  const [one, two] = [{}, {}] as unknown as [Partition, Partition];
  const park = (name: string, partitions: Partition[], missingBytes = 1, waitMs = 500) =>
    parked.park(partitions, { missingBytes, waitMs }, () => answered.push(name));
  return { time, parked, answered, one, two, park };
}

describe('parked fetches', () => {
  test('add up bytes over all their partitions', () => {
    const { parked, answered, one, two, park } = scene();
    park('both', [one, two], 100);
    parked.grew(one, 60);
    expect(answered).toEqual([]);
    parked.grew(two, 40);
    expect(answered).toEqual(['both']);
  });

  test('are answered once, whatever happens afterwards', async () => {
    const { time, parked, answered, one, park } = scene();
    const fetch = park('a', [one]);
    parked.grew(one, 1);
    parked.changed(one);
    fetch.answerNow();
    await time.advance(1000);
    expect(answered).toEqual(['a']);
    expect(parked.size).toBe(0);
  });

  test('are answered together after the work that fed them', () => {
    const { parked, answered, one, two, park } = scene();
    park('a', [one, two]);
    parked.together(() => {
      parked.grew(one, 1);
      parked.together(() => parked.grew(two, 1));
      expect(answered).toEqual([]);
    });
    expect(answered).toEqual(['a']);
  });

  test('are answered when a leader changes or the time is over', async () => {
    const { time, parked, answered, one, two, park } = scene();
    park('changed', [one], 1000, 500);
    park('late', [two], 1000, 500);
    parked.changed(one);
    expect(answered).toEqual(['changed']);
    await time.advance(510);
    expect(answered).toEqual(['changed', 'late']);
  });

  test('beyond the bound are answered at once', () => {
    const { parked, answered, one, park } = scene(1);
    park('a', [one]);
    park('b', [one]);
    expect(answered).toEqual(['b']);
    parked.close();
    expect(answered).toEqual(['b', 'a']);
  });
});
