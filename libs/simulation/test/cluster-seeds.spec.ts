import { runSim, SIM_TIMEOUT_MS } from './run-sim';

it(
  'keeps every promise over 130 seeds of the cluster profile and the seeds that once found a defect',
  async () => {
    const { exitCode, lines } = await runSim('--profile', 'cluster', '--seeds', '130');
    const last = lines.at(-1) ?? '';
    const [seeds = 0, acknowledged = 0] = [...last.matchAll(/\d+/g)].map(Number);
    expect({ exitCode, failures: lines.slice(0, -1) }).toEqual({ exitCode: 0, failures: [] });
    expect(last).toMatch(/ 0 violations$/);
    expect(seeds).toBeGreaterThan(130);
    expect(acknowledged).toBeGreaterThan(50 * seeds);
  },
  SIM_TIMEOUT_MS,
);
