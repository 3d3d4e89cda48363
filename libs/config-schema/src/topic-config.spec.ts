import { resolveServerConfig } from './resolve-server-config';
import { resolveTopicConfig, topicKeyAccepts, validateTopicConfig } from './topic-config';

function server(texts: Record<string, string> = {}) {
  const all = { 'process.roles': 'broker', 'node.id': '1', 'controller.listener.names': 'CONTROLLER', ...texts };
  const resolved = resolveServerConfig(
    Object.entries(all).map(([key, text]) => ({ key, text, origin: { source: 'file', place: 'f:1' } })),
  );
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  return resolved.config;
}

describe('validateTopicConfig', () => {
  it('accepts known keys, and null for the default', () => {
    expect(
      validateTopicConfig([
        ['retention.ms', '-1'],
        ['cleanup.policy', 'compact,delete'],
        ['segment.bytes', null],
      ]),
    ).toEqual({ ok: true, value: undefined });
  });

  it.each([
    [[['retention.ms', '-2']], 'retention.ms must be an integer of -1 or more, in milliseconds (got "-2")'],
    [[['retention.msec', '1']], 'unknown topic key retention.msec, did you mean retention.ms?'],
    [[['remote.storage.enable', 'true']], 'remote.storage.enable is not supported yet'],
    [[['constructor', '1']], 'unknown topic key constructor'],
    [[['__proto__', '1']], 'unknown topic key __proto__'],
    [
      [
        ['min.compaction.lag.ms', '10'],
        ['max.compaction.lag.ms', '5'],
      ],
      'min.compaction.lag.ms must not be greater than max.compaction.lag.ms',
    ],
  ] as const)('answers %j with INVALID_CONFIG', (entries, message) => {
    expect(validateTopicConfig(entries)).toEqual({ ok: false, error: { code: 'INVALID_CONFIG', message } });
  });
});

describe('topicKeyAccepts', () => {
  it('knows the keys of a topic and nothing that every object has', () => {
    expect(topicKeyAccepts('retention.ms')).toBe('an integer of -1 or more, in milliseconds');
    expect(topicKeyAccepts('toString')).toBeUndefined();
  });
});

describe('resolveTopicConfig', () => {
  it("takes the topic's value, then the broker's synonym, then the default", () => {
    const own = new Map([['segment.bytes', '2097152']]);
    const config = resolveTopicConfig(own, server({ 'log.segment.bytes': '4194304', 'message.max.bytes': '2000' }));
    expect(config.number('segment.bytes')).toBe(2097152);
    expect(config.number('max.message.bytes')).toBe(2000);
    expect(config.origin('max.message.bytes')).toEqual({ source: 'broker', place: 'message.max.bytes' });
    expect(config.number('index.interval.bytes')).toBe(4096);
  });

  it('turns hours and minutes into milliseconds, the finer key first', () => {
    const hours = resolveTopicConfig(new Map(), server({ 'log.retention.hours': '2' }));
    expect(hours.number('retention.ms')).toBe(7_200_000);
    const minutes = resolveTopicConfig(new Map(), server({ 'log.retention.hours': '2', 'log.retention.minutes': '5' }));
    expect(minutes.number('retention.ms')).toBe(300_000);
    expect(resolveTopicConfig(new Map(), server({ 'log.retention.hours': '-1' })).number('retention.ms')).toBe(-1);
  });

  it('falls back to the broker where a stored value cannot be read', () => {
    const config = resolveTopicConfig(new Map([['segment.bytes', 'new-syntax']]), server());
    expect(config.number('segment.bytes')).toBe(1073741824);
  });
});
