import { problemText, type ConfigEntry, type ConfigOrigin } from './config-value';
import { resolveServerConfig } from './resolve-server-config';

const MINIMAL = { 'process.roles': 'broker', 'node.id': '1', 'controller.listener.names': 'CONTROLLER' };

function entries(texts: Record<string, string>, source: ConfigOrigin['source'] = 'file'): ConfigEntry[] {
  return Object.entries(texts).map(([key, text], index) => ({
    key,
    text,
    origin: { source, place: source === 'file' ? `server.properties:${index + 1}` : source },
  }));
}

function problems(texts: Record<string, string>): readonly string[] {
  const resolved = resolveServerConfig(entries(texts));
  return resolved.ok ? [] : resolved.problems.map(problemText);
}

function configOf(list: readonly ConfigEntry[]) {
  const resolved = resolveServerConfig(list);
  if (!resolved.ok) throw new Error(resolved.problems.map(problemText).join('\n'));
  return resolved;
}

describe('resolveServerConfig', () => {
  it("fills in Kafka's defaults", () => {
    const { config, warnings } = configOf(entries(MINIMAL));
    expect(config.number('broker.session.timeout.ms')).toBe(9000);
    expect(config.boolean('auto.create.topics.enable')).toBe(true);
    expect(config.list('process.roles')).toEqual(['broker']);
    expect(config.string('broker.rack')).toBeUndefined();
    expect(config.isGiven('num.partitions')).toBe(false);
    expect(warnings).toEqual([]);
  });

  it('keeps the text of a long beyond 2^53 and saturates its number', () => {
    const { config } = configOf(entries({ ...MINIMAL, 'log.retention.ms': '9223372036854775807' }));
    expect(config.text('log.retention.ms')).toBe('9223372036854775807');
    expect(config.number('log.retention.ms')).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('lets a later entry win', () => {
    const both = [
      ...entries({ ...MINIMAL, 'num.partitions': '3' }),
      ...entries({ 'num.partitions': '6' }, 'environment'),
    ];
    const { config } = configOf(both);
    expect(config.number('num.partitions')).toBe(6);
    expect(config.origin('num.partitions').source).toBe('environment');
  });

  it('finds all problems at once and names each place', () => {
    expect(problems({ 'process.roles': 'broker,king', 'node.id': '-1', 'log.segment.bytes': '10k' })).toEqual([
      'server.properties:1: process.roles: must be a list of broker, controller, gateway, zookeeper, each at most once (got "broker,king")',
      'server.properties:2: node.id: must be an integer of 0 or more (got "-1")',
      'controller.listener.names: is required and not set',
      'server.properties:3: log.segment.bytes: must be an integer from 1048576 to 2147483647, in bytes (got "10k")',
    ]);
  });

  it('names the nearest key of a misspelt one', () => {
    expect(problems({ ...MINIMAL, 'log.segmnet.bytes': '1' })).toEqual([
      'server.properties:4: log.segmnet.bytes: unknown key, did you mean log.segment.bytes?',
    ]);
    expect(problems({ ...MINIMAL, 'my.own.plugin.setting.of.some.kind': '1' })).toEqual([
      'server.properties:4: my.own.plugin.setting.of.some.kind: unknown key',
    ]);
  });

  it('warns once about a Kafka key that has no effect yet', () => {
    const twice = { ...MINIMAL, 'num.io.threads': '8', 'listener.name.internal.ssl.keystore.location': '/x' };
    const { warnings } = configOf([...entries(twice), ...entries({ 'num.io.threads': '16' }, 'environment')]);
    expect(warnings.map(({ key }) => key)).toEqual(['num.io.threads', 'listener.name.internal.ssl.keystore.location']);
  });

  it('only warns about an unknown key of the environment', () => {
    const { warnings } = configOf([...entries(MINIMAL), ...entries({ opts: '-Xmx1G' }, 'environment')]);
    expect(warnings.map(({ key }) => key)).toEqual(['opts']);
  });
});
