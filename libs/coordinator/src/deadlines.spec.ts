import { Deadline, Deadlines } from './deadlines';

function setUp() {
  const deadlines = new Deadlines();
  const due: string[] = [];
  const named = (name: string) => new Deadline(() => due.push(name));
  return { deadlines, due, named };
}

describe('deadlines', () => {
  it('are due in order of time, never early', () => {
    const { deadlines, due, named } = setUp();
    deadlines.set(named('later'), 2000);
    deadlines.set(named('sooner'), 1000);
    deadlines.run(999);
    expect([due, deadlines.nextMs]).toEqual([[], 1000]);
    deadlines.run(5000);
    expect([due, deadlines.nextMs]).toEqual([['sooner', 'later'], undefined]);
  });

  it('can be moved and cleared', () => {
    const { deadlines, due, named } = setUp();
    const [moved, cleared] = [named('moved'), named('cleared')];
    deadlines.set(moved, 100);
    deadlines.set(cleared, 100);
    deadlines.set(moved, 300);
    deadlines.clear(cleared);
    deadlines.run(200);
    expect(due).toEqual([]);
    deadlines.run(300);
    expect(due).toEqual(['moved']);
  });

  it('that are set while others run are due in the same run when their time has come', () => {
    const { deadlines, due, named } = setUp();
    deadlines.set(new Deadline(() => deadlines.set(named('second'), 200)), 100);
    deadlines.run(200);
    expect(due).toEqual(['second']);
  });

  it('that set themselves anew for the present are due in the next run', () => {
    const deadlines = new Deadlines();
    let runs = 0;
    const restless = new Deadline(() => {
      runs += 1;
      if (runs > 1000) throw new Error('the run does not end');
      deadlines.set(restless, 100);
    });
    deadlines.set(restless, 100);
    deadlines.run(100);
    expect([runs, deadlines.nextMs]).toEqual([1, 110]);
    deadlines.run(110);
    expect(runs).toBe(2);
  });
});
