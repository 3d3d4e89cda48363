import { formatScenario, parseScenario, type Scenario } from './scenario';

const SCENARIO: Scenario = {
  profile: 'quorum',
  seed: 7,
  plantedBug: 'vote not persisted',
  invariant: 'R2 durable vote',
  script: {
    settings: { voters: 3, 'slow disks': false, promise: 'synced' },
    untilMs: 2000.5,
    actions: [
      { atMs: 12.345, by: 'faults', do: 'crash', host: 'controller-101', mode: 'tear', downMs: 1 },
      { atMs: 20, by: 'admin a', do: 'create', topic: 'a-0' },
      { atMs: 30, by: 'operator', do: 'move replicas', target: [3, 1], was: null },
    ],
  },
};

describe('a scenario in a file', () => {
  it('is read as it was written', () => {
    expect(parseScenario(formatScenario(SCENARIO))).toEqual(SCENARIO);
    const { plantedBug: _plantedBug, ...plain } = SCENARIO;
    const short: Scenario = { ...plain, script: { settings: {}, actions: [] } };
    expect(parseScenario(formatScenario(short))).toEqual(short);
  });

  it('has one line per action', () => {
    const lines = formatScenario(SCENARIO).split('\n');
    expect(lines.filter((line) => line.includes('"atMs"'))).toHaveLength(3);
  });

  it.each([
    ['profile', { profile: 'zebra' }],
    ['seed', { seed: -1 }],
    ['invariant', { invariant: undefined }],
    ['script', { script: [] }],
    ['script.actions', { script: { settings: {}, actions: [{ atMs: 1, by: 'faults' }] } }],
    ['script.settings', { script: { settings: { voters: { of: 3 } }, actions: [] } }],
  ])('is refused by name of what is wrong: %s', (what, change) => {
    const text = JSON.stringify({ ...SCENARIO, ...change });
    expect(() => parseScenario(text)).toThrow(`the scenario's ${what} is missing or of the wrong kind`);
  });
});
