import { PROFILES } from '../src/profiles';
import { runSim, SIM_TIMEOUT_MS } from './run-sim';

/** Few: `.ci/run` plays thousands. Those that once found a defect come first. */
const SEEDS = { quorum: 30, controller: 10, cluster: 12 } as const;

it.each(PROFILES)(
  'keeps every promise over some seeds and those that once found a defect: $name',
  async ({ name }) => {
    const { exitCode, lines } = await runSim('--profile', name, '--seeds', `${SEEDS[name]}`);
    const last = lines.at(-1) ?? '';
    const [seeds = 0, acknowledged = 0] = [...last.matchAll(/\d+/g)].map(Number);
    expect({ exitCode, failures: lines.filter((line) => line.startsWith('FAILED')) }).toEqual({
      exitCode: 0,
      failures: [],
    });
    expect(last).toMatch(/ 0 violations$/);
    expect(seeds).toBeGreaterThanOrEqual(SEEDS[name]);
    expect(acknowledged).toBeGreaterThan(20 * seeds);
  },
  SIM_TIMEOUT_MS,
);
