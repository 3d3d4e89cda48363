import { createSeededRandom } from '@milena/platform/testing';
import { ElectionTiming } from './election-timing';
import { DEFAULT_RAFT_SETTINGS } from './raft-options';

describe('election timing', () => {
  const timing = new ElectionTiming(createSeededRandom(1), DEFAULT_RAFT_SETTINGS);

  test('election timeouts are spread over [T, 2T)', () => {
    const drawn = Array.from({ length: 200 }, () => timing.electionTimeoutMs());
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...drawn)).toBeLessThan(2000);
    expect(new Set(drawn).size).toBeGreaterThan(100);
  });

  test('successors stand one after the other, and who is not listed last', () => {
    expect([0, 1, 2, 3].map((position) => timing.successorDelayMs(position, 4))).toEqual([0, 125, 250, 500]);
    expect(timing.successorDelayMs(1, 2)).toBe(500);
    expect(timing.successorDelayMs(-1, 2)).toBe(1000);
  });

  test('eager attempts leave each other the time that votes take on a slow disk', () => {
    const slow = new ElectionTiming(createSeededRandom(1), DEFAULT_RAFT_SETTINGS);
    const draw = (): number[] => Array.from({ length: 200 }, () => slow.retryJitterMs());
    expect(Math.max(...draw())).toBeLessThan(30);
    slow.stored(80);
    const drawn = draw();
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(170);
    expect(Math.max(...drawn)).toBeLessThan(510);
    expect(Math.max(...drawn) - Math.min(...drawn)).toBeGreaterThan(300);
    slow.stored(60_000);
    expect(Math.max(...draw())).toBeLessThanOrEqual(1030);
  });
});
