import { countEffects, CRASH_SCENARIOS, playCrash } from './crash-points';
import type { RareState } from './rare-states';
import type { LogLine } from './world-log';

const scenario = (name: string) => CRASH_SCENARIOS.find((each) => each.name === name)!;

it.each(CRASH_SCENARIOS)('keeps every promise without a crash: $name', async (each) => {
  const { effects, violation } = await countEffects(each);
  expect(violation).toBeUndefined();
  expect(effects).toBeGreaterThan(10);
});

it.each<[name: string, state: RareState]>([
  ['divergence', 'a follower threw away a divergent tail'],
  ['a follower fetches a snapshot', 'a snapshot of the leader was installed'],
  ['an observer fetches a snapshot', 'an observer loaded a snapshot'],
  ['a newcomer is added to the voters', 'a snapshot of the leader was installed'],
  ['the leader is removed from the voters', 'a leader removed itself from the voters'],
  ['replicas move', 'a reassignment took the leader away'],
  ['a broker stops in good order', 'a broker stopped in good order'],
])('comes through what it is about: %s', async (name, state) => {
  const { marks } = await countEffects(scenario(name));
  expect(marks).toContain(state);
});

describe.each(['a single voter makes snapshots and cleans its log', 'snapshots are made and logs cleaned'])(
  '%s',
  (name) => {
    it('cleans the log without a crash', async () => {
      const cleanedAtMs: number[] = [];
      const onLog = ({ message, atMs }: LogLine): void => {
        if (message === 'cleaned the metadata log') cleanedAtMs.push(atMs);
      };
      await countEffects(scenario(name), { onLog });
      expect(cleanedAtMs[0]).toBeLessThan(1_700);
    });

    it('restarts on the snapshot after the last effect', async () => {
      const { effects } = await countEffects(scenario(name));
      const { marks, violation } = await playCrash(scenario(name), effects, 'lose-unsynced');
      expect(violation).toBeUndefined();
      expect(marks).toContain('a restarted node loaded a snapshot');
    });
  },
);

it('crashes at the same effect in the same way every time', async () => {
  const play = () => playCrash(scenario('the leader is removed from the voters'), 20, 'tear');
  expect(await play()).toEqual(await play());
});
