import { createVirtualTime } from '@milena/platform/testing';
import { Choices } from './choices';
import type { Script } from './script';

interface Deed {
  readonly do: 'crash' | 'create';
  readonly what: number;
}

/** Runs an actor for a second: what it does, and when. */
async function act(script?: Script) {
  const time = createVirtualTime();
  const choices = new Choices(time, script);
  const stream = choices.stream<Deed>('actor');
  const done: [number, number][] = [];
  let drawn = 0;
  const work = async (): Promise<void> => {
    for (;;) {
      const deed = await stream.next(
        () => 100.00004,
        () => ((drawn += 1) % 3 === 0 ? undefined : { do: 'create', what: drawn }),
      );
      if (deed === undefined) return void done.push([time.nowMs(), -1]);
      done.push([time.nowMs(), deed.what]);
    }
  };
  void work();
  await time.advance(550);
  stream.end();
  await time.advance(450);
  return { done, made: choices.made };
}

describe('the actions of an actor', () => {
  it('are drawn after their pauses, and recorded with their times', async () => {
    const { done, made } = await act();
    expect(done.map(([, what]) => what)).toEqual([1, 2, 4, 5, -1]);
    expect(made.actions[0]).toEqual({ atMs: 100.001, by: 'actor', do: 'create', what: 1 });
  });

  it('are the same, at the same times, when the record is played as a script', async () => {
    const { done, made } = await act();
    const again = await act({ settings: {}, actions: JSON.parse(JSON.stringify(made.actions)) });
    expect(again.made).toEqual(made);
    expect(again.done.map(([, what]) => what)).toEqual(done.map(([, what]) => what));
    again.done.forEach(([atMs], index) => expect(atMs).toBeCloseTo(done[index]![0], 6));
  });

  it('keep their times when others are left out', async () => {
    const { made } = await act();
    const again = await act({ settings: {}, actions: made.actions.filter(({ what }) => what === 4) });
    expect(again.made.actions).toEqual(made.actions.filter(({ what }) => what === 4));
  });

  it('are found due at the look they were drawn at', async () => {
    const look = async (script?: Script): Promise<readonly (readonly [number, Deed])[]> => {
      const time = createVirtualTime();
      const stream = new Choices(time, script).stream<Deed>('actor');
      const seen: (readonly [number, Deed])[] = [];
      for (let turn = 0; turn < 20; turn += 1) {
        await time.advance(33.3333333);
        const deed = stream.due(() => (turn % 4 === 1 ? { do: 'crash', what: turn } : undefined));
        if (deed !== undefined) seen.push([turn, deed]);
      }
      return seen;
    };
    const drawn = await look();
    const actions = drawn.map(([turn, deed]) => ({
      atMs: Math.ceil((turn + 1) * 33_333.3333333) / 1000,
      by: 'actor',
      ...deed,
    }));
    expect(await look({ settings: {}, actions })).toEqual(drawn);
  });

  it('of a script that an event brought about are no longer brought about by it', () => {
    const stream = new Choices(createVirtualTime(), { settings: {}, actions: [] }).stream<Deed>('actor');
    expect(stream.isScripted).toBe(true);
    expect(() =>
      stream.after(
        1,
        () => undefined,
        () => undefined,
      ),
    ).toThrow('a script has its actions already');
  });
});

describe('a setting', () => {
  it('is what the seed drew, or what the script says', () => {
    const time = createVirtualTime();
    expect(new Choices(time, undefined).setting('voters', 5, [1, 3])).toBe(5);
    expect(new Choices(time, { settings: { voters: 3 }, actions: [] }).setting('voters', 5, [1, 3])).toBe(3);
  });

  it('has its simplest value when a script does not name it', () => {
    const choices = new Choices(createVirtualTime(), { settings: {}, actions: [] });
    expect(choices.setting('voters', 5, [1, 3])).toBe(1);
    expect(choices.setting('promise', 'synced', [])).toBe('synced');
  });

  it('of another kind is refused by name', () => {
    const choices = new Choices(createVirtualTime(), { settings: { voters: 'many' }, actions: [] });
    expect(() => choices.setting('voters', 5, [1])).toThrow("the script's voters is a string, not a number");
  });
});
