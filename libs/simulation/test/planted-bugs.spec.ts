import { PLANTED_BUGS } from '../src/planted-bugs';
import { runSim, SIM_TIMEOUT_MS } from './run-sim';

it('knows each planted bug by a name of its own', () => {
  expect(new Set(PLANTED_BUGS.map(({ bug }) => bug)).size).toBe(PLANTED_BUGS.length);
});

it(
  'catches a planted bug, and says with which seed; .ci/run plants them all',
  async () => {
    const { exitCode, lines } = await runSim('--planted', '--seeds', '100', '--bug', 'vote not persisted');
    expect(lines).toEqual([
      expect.stringMatching(/^planted bug vote not persisted \(quorum\): seed \d+: R\d/),
      expect.stringMatching(/^1 bugs planted, 0 escaped, median \d+ seeds$/),
    ]);
    expect(exitCode).toBe(0);
  },
  SIM_TIMEOUT_MS,
);
