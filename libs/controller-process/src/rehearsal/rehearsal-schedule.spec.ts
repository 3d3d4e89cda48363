import { silentLogger } from '@milena/platform';
import { RehearsalSchedule } from './rehearsal-schedule';

/** A controller that follows in an epoch, and a rehearsal that a spec ends. */
function setUp() {
  const state = { nowMs: 0, epoch: 5 as number | undefined };
  const rehearsals: { isWanted: () => boolean; end(outcome: boolean | Error): Promise<void> }[] = [];
  const schedule = new RehearsalSchedule({
    clock: { monotonicMs: () => state.nowMs },
    logger: silentLogger,
    followedEpoch: () => state.epoch,
    rehearse: (isWanted) =>
      new Promise((resolve, reject) => {
        const end = async (outcome: boolean | Error): Promise<void> => {
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
          await new Promise(setImmediate);
        };
        rehearsals.push({ isWanted, end });
      }),
  });
  /** Looks as often as a controller does. */
  const pass = (ms: number): void => {
    for (const endMs = state.nowMs + ms; state.nowMs < endMs; state.nowMs += 50) schedule.look();
  };
  return { state, rehearsals, schedule, pass };
}

describe('when a controller rehearses', () => {
  test('once, after it has followed one leader for three seconds', async () => {
    const { rehearsals, pass } = setUp();
    pass(3_000);
    expect(rehearsals).toHaveLength(0);
    pass(1_000);
    expect(rehearsals).toHaveLength(1);
    await rehearsals[0]?.end(true);
    pass(60_000);
    expect(rehearsals).toHaveLength(1);
  });

  test('never while it leads, or is not ready', () => {
    const { state, rehearsals, pass } = setUp();
    state.epoch = undefined;
    pass(60_000);
    expect(rehearsals).toHaveLength(0);
  });

  test('not while leaders come and go', () => {
    const { state, rehearsals, pass } = setUp();
    for (let changes = 0; changes < 10; changes += 1) {
      pass(2_000);
      state.epoch = (state.epoch ?? 0) + 1;
    }
    expect(rehearsals).toHaveLength(0);
  });

  test('until there is something else to do, and then again', async () => {
    const { state, rehearsals, pass } = setUp();
    pass(4_000);
    const [first] = rehearsals;
    expect(first?.isWanted()).toBe(true);
    state.epoch = 6;
    expect(first?.isWanted()).toBe(false);
    await first?.end(false);
    pass(3_000);
    expect(rehearsals).toHaveLength(1);
    pass(1_000);
    expect(rehearsals).toHaveLength(2);
    expect(rehearsals[1]?.isWanted()).toBe(true);
  });

  test('not again when it does not work here', async () => {
    const { rehearsals, pass } = setUp();
    pass(4_000);
    await rehearsals[0]?.end(new Error('no loopback'));
    pass(60_000);
    expect(rehearsals).toHaveLength(1);
  });

  test('not once it stops, and stopping waits for the end', async () => {
    const { rehearsals, schedule, pass } = setUp();
    pass(4_000);
    let isStopped = false;
    const stopped = schedule.stop().then(() => (isStopped = true));
    expect(rehearsals[0]?.isWanted()).toBe(false);
    await new Promise(setImmediate);
    expect(isStopped).toBe(false);
    await rehearsals[0]?.end(false);
    await stopped;
    pass(60_000);
    expect(rehearsals).toHaveLength(1);
  });
});
