import { PLANTED_BUGS } from '../src/profiles';
import { runSim, SIM_TIMEOUT_MS } from './run-sim';

it(
  'catches every planted bug within 100 seeds',
  async () => {
    const { exitCode, lines } = await runSim('--planted', '--seeds', '100');
    expect(lines).toEqual([
      ...PLANTED_BUGS.map(({ bug }) =>
        expect.stringMatching(new RegExp(`^planted bug ${bug} .*: seed \\d+: [RPTSG]\\d`)),
      ),
      `${PLANTED_BUGS.length} bugs planted, 0 escaped`,
    ]);
    expect(exitCode).toBe(0);
  },
  SIM_TIMEOUT_MS,
);
