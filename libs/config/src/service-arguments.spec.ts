import { serviceArguments } from './service-arguments';

describe('serviceArguments', () => {
  it('reads config, overrides in order, and pretty', () => {
    expect(serviceArguments(['--config', 'a.properties', '--set', 'a=1', '--pretty', '--set=b=2'])).toEqual({
      ok: true,
      value: { file: 'a.properties', overrides: ['a=1', 'b=2'], pretty: true },
    });
    expect(serviceArguments([])).toEqual({ ok: true, value: { file: undefined, overrides: [], pretty: false } });
  });

  it('answers an unknown option with one line that names it', () => {
    const parsed = serviceArguments(['--confg', 'a']);
    expect(parsed).toMatchObject({ ok: false });
    expect(parsed.ok || parsed.problem).toMatch(/^Unknown option '--confg'.*Usage: --config[^\n]*$/);
  });
});
