import fc from 'fast-check';
import type { Action, ChoicesMade, Script, Setting } from '../choices/script';
import { countChoices, scriptOf, shrinkScenario, type FailedRun, type ScenarioRun } from './shrink-scenario';

const SIZES: readonly Setting[] = [
  { name: 'voters', value: 5, simpler: [1, 3] },
  { name: 'slow disks', value: true, simpler: [false] },
  { name: 'promise', value: 'synced', simpler: [] },
];

/** A run as a machine would make it whose defect shows when all of `needed` happen with at least three voters. */
function machine(needed: ReadonlySet<number>, isLucky: (seed: number) => boolean = () => true) {
  return async (seed: number, script: Script): Promise<ScenarioRun> => {
    const settings = SIZES.map((setting) => {
      const value = script.settings[setting.name] ?? setting.simpler[0] ?? setting.value;
      return { ...setting, value };
    });
    const seen = new Set<unknown>();
    const actions: Action[] = [];
    for (const action of script.actions) {
      if (action.atMs > (script.untilMs ?? Infinity)) break;
      actions.push(action);
      seen.add(action['id']);
      if (![...needed].every((each) => seen.has(each)) || Number(script.settings['voters'] ?? 1) < 3 || !isLucky(seed))
        continue;
      const violation = { invariant: 'R1', message: 'two leaders', atMs: action.atMs };
      return { seed, violation, choices: { settings, actions } };
    }
    // Without luck or what is needed something else breaks: it must not be taken for the same.
    const violation = { invariant: 'L1', message: 'no progress', atMs: 20_000 };
    return { seed, violation, choices: { settings, actions } };
  };
}

function madeOf(ids: readonly number[]): ChoicesMade {
  const actions = ids.map((id) => ({ atMs: 10 * id, by: `actor ${id % 3}`, do: ['crash', 'pause'][id % 2]!, id }));
  return { settings: SIZES, actions };
}

async function failedRun(play: ReturnType<typeof machine>, ids: readonly number[]): Promise<FailedRun> {
  const { violation, ...run } = await play(1, scriptOf(madeOf(ids)));
  return { ...run, violation: violation! };
}

const isOver = (): boolean => false;

describe('shrinking a failing run', () => {
  it('finds the smallest story and the simplest settings with the same broken invariant', async () => {
    const subsets = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(subsets, async (needed) => {
        const play = machine(new Set(needed));
        const failed = await failedRun(
          play,
          Array.from({ length: 60 }, (_, id) => id),
        );
        const { run, script } = await shrinkScenario(failed, { play, isOver });
        expect(run.violation.invariant).toBe('R1');
        expect(script.actions.map(({ id }) => id)).toEqual(needed.toSorted((left, right) => left - right));
        expect(script.settings).toEqual({ voters: 3, promise: 'synced' });
        expect(countChoices(run.choices)).toBe(needed.length + 1);
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it('gives a script that gives the run again', async () => {
    const play = machine(new Set([3, 40]));
    const failed = await failedRun(
      play,
      Array.from({ length: 60 }, (_, id) => id),
    );
    const { run, script } = await shrinkScenario(failed, { play, isOver });
    expect(await play(run.seed, script)).toEqual(run);
  });

  it('tries other luck with the same story before it takes a choice for needed', async () => {
    // With all choices the first seed fails; with any left out only seed 3 does.
    const whole = machine(new Set([5]));
    const later = machine(new Set([5]), (seed) => seed === 3);
    const play = (seed: number, script: Script): Promise<ScenarioRun> => later(seed, script);
    const failed = await failedRun(
      whole,
      Array.from({ length: 20 }, (_, id) => id),
    );
    const { run, script } = await shrinkScenario(failed, { play, isOver });
    expect(run.seed).toBe(3);
    expect(script.actions).toHaveLength(1);
    const alone = await shrinkScenario(failed, { play, isOver, otherSeeds: 0 });
    expect(alone.run.choices.actions).toHaveLength(6);
  });

  it('keeps what it has when its time is over', async () => {
    const play = machine(new Set([5]));
    const failed = await failedRun(
      play,
      Array.from({ length: 20 }, (_, id) => id),
    );
    const { run, runs } = await shrinkScenario(failed, { play, isOver: () => true });
    expect(run).toEqual(failed);
    expect(runs).toBe(0);
  });
});
