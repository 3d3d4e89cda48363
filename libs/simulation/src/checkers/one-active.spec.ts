import { createWorld } from '../world';
import { OneActive } from './one-active';

describe('C1: a controller that is active', () => {
  /** Looked at twice, so many milliseconds apart. */
  async function lookTwice(isActive: boolean, isLeading: boolean, apartMs: number, worksSinceMs = 0) {
    const world = createWorld(1);
    const oneActive = new OneActive(world);
    oneActive.look('controller-1', isActive, isLeading, 0);
    await world.time.advance(apartMs);
    oneActive.look('controller-1', isActive, isLeading, worksSinceMs);
    return world.violation?.invariant;
  }

  it.each([
    ['leads', true, true, 1000, 0, undefined],
    ['does not lead', true, false, 1000, 0, 'C1 one active controller'],
    ['does not lead for a moment', true, false, 10, 0, undefined],
    ['does not lead and was woken a moment ago', true, false, 1000, 990, undefined],
    ['has heard that it leads no more', false, false, 1000, 0, undefined],
  ])('and %s', async (_what, isActive, isLeading, apartMs, worksSinceMs, verdict) => {
    expect(await lookTwice(isActive, isLeading, apartMs, worksSinceMs)).toBe(verdict);
  });
});
