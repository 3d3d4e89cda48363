import { runSim, SIM_TIMEOUT_MS } from './run-sim';

it(
  'makes a failing run small, tells its story, and leaves a file that plays it again',
  async () => {
    const shrunk = await runSim('--bug', 'vote not persisted', '--shrink', '--within', '20');
    const { lines } = shrunk;
    expect(shrunk.exitCode).toBe(0);
    expect(lines[0]).toMatch(/^SHRUNK quorum seed \d+, planted bug "vote not persisted", commit /);
    expect(lines[1]).toMatch(/^ {2}R\d/);
    const [, before, after] = /: (\d+) choices before, (\d+) after/.exec(lines.at(-1) ?? '') ?? [];
    expect(Number(after)).toBeLessThan(60);
    expect(Number(after)).toBeLessThan(Number(before));
    const file =
      lines
        .find((line) => line.startsWith('  replay: '))
        ?.split(' ')
        .at(-1) ?? '';
    const replayed = await runSim('--replay', file);
    expect(replayed.exitCode).toBe(0);
    expect(replayed.lines).toContain(lines[1]);
  },
  SIM_TIMEOUT_MS,
);
