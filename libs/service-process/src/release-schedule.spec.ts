import { ReleaseSchedule } from './release-schedule';

const MIB = 2 ** 20;
const REST = 40 * MIB;
const LARGE = { heapBytes: REST + 100 * MIB, oldBytes: REST };
const IDLE = 0.02;
const BUSY = 0.5;
const LOOK_MS = 5_000;

/** Looks every five seconds at a heap that is large again at once; when memory was given back, in seconds. */
function releases(seconds: number, pauseMs: number, utilizationAt: (second: number) => number): readonly number[] {
  const schedule = new ReleaseSchedule(REST);
  const at: number[] = [];
  for (let nowMs = LOOK_MS; nowMs <= seconds * 1000; nowMs += LOOK_MS) {
    if (!schedule.isDue({ nowMs, utilization: utilizationAt(nowMs / 1000), ...LARGE })) continue;
    at.push(nowMs / 1000);
    schedule.released({ nowMs, pauseMs, heapBytes: REST });
  }
  return at;
}

describe('the schedule by which idle memory is released', () => {
  it('comes at the first idle look after a burst, however often bursts come', () => {
    const isBurst = (second: number) => second % 60 < 40;
    expect(releases(180, 50, (second) => (isBurst(second) ? BUSY : IDLE))).toEqual([40, 100, 160]);
  });

  it('leaves a steady light load alone more and more', () => {
    expect(releases(1_200, 50, () => IDLE)).toEqual([5, 35, 95, 215, 455, 935]);
  });

  it('never takes more than a hundredth of the time', () => {
    const alternating = (second: number) => (second % 10 === 0 ? BUSY : IDLE);
    expect(releases(100, 400, alternating)).toEqual([5, 45, 85]);
  });

  it('does not stop a busy process, nor for little, nor one whose pause would be long', () => {
    const schedule = new ReleaseSchedule(REST);
    expect(schedule.isDue({ nowMs: 0, utilization: BUSY, ...LARGE })).toBe(false);
    expect(schedule.isDue({ nowMs: 0, utilization: IDLE, heapBytes: REST + MIB, oldBytes: REST })).toBe(false);
    expect(schedule.isDue({ nowMs: 0, utilization: IDLE, ...LARGE, oldBytes: 500 * MIB })).toBe(false);
    expect(schedule.isDue({ nowMs: 0, utilization: IDLE, ...LARGE })).toBe(true);
  });
});
