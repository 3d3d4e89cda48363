import { brokerConfigLines, clusterConfigLines, topicConfigLines } from './config-lines';
import { resolveServerConfig } from './resolve-server-config';
import { layeredServerConfig, type ServerConfigLayers } from './server-config-layers';

type Entries = Readonly<Record<string, string>>;
const map = (entries: Entries = {}) => new Map(Object.entries(entries));

function layers(given: { server?: Entries; cluster?: Entries; broker?: Entries } = {}): ServerConfigLayers {
  const keys = { 'process.roles': 'broker', 'node.id': '1', 'controller.listener.names': 'C', ...given.server };
  const origin = { source: 'file', place: 'f:1' } as const;
  const resolved = resolveServerConfig(Object.entries(keys).map(([key, text]) => ({ key, text, origin })));
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  return { server: resolved.config, cluster: map(given.cluster), broker: map(given.broker) };
}

function topicLine(name: string, own: Entries, given?: Parameters<typeof layers>[0]) {
  return topicConfigLines(map(own), layers(given)).find((line) => line.name === name);
}

describe('the configuration in force on a broker', () => {
  it('is its own over that of all brokers over what it was started with', () => {
    const server = { 'message.max.bytes': '1', 'log.segment.bytes': '2000000', 'log.roll.ms': '5' };
    const cluster = { 'message.max.bytes': '2', 'log.segment.bytes': '3000000' };
    const config = layeredServerConfig(layers({ server, cluster, broker: { 'message.max.bytes': '3' } }));
    expect(config.number('message.max.bytes')).toBe(3);
    expect(config.number('log.segment.bytes')).toBe(3_000_000);
    expect(config.number('log.roll.ms')).toBe(5);
    expect(config.origin('message.max.bytes')).toEqual({ source: 'dynamic', place: 'broker' });
    expect(config.isGiven('log.segment.bytes')).toBe(true);
  });

  it('passes over what a newer version wrote: keys that do not change at runtime, values that cannot be read', () => {
    const cluster = { 'num.partitions': '9', 'message.max.bytes': 'many', 'no.such.key': '1', constructor: '1' };
    const config = layeredServerConfig(layers({ cluster }));
    expect(config.number('num.partitions')).toBe(1);
    expect(config.number('message.max.bytes')).toBe(1_048_588);
  });
});

describe('lines of a topic', () => {
  it('name every value that was considered, the one in force first', () => {
    const server = { 'log.retention.hours': '2' };
    const line = topicLine('retention.ms', { 'retention.ms': '5' }, { server, broker: { 'log.retention.ms': '7' } });
    expect(line).toMatchObject({
      value: '5',
      source: 'topic',
      readOnly: false,
      synonyms: [
        { name: 'retention.ms', value: '5', source: 'topic' },
        { name: 'log.retention.ms', value: '7', source: 'broker' },
        { name: 'log.retention.hours', value: '2', source: 'static' },
        { name: 'log.retention.hours', value: '168', source: 'default' },
      ],
    });
  });

  it("give an inherited value in the topic key's unit", () => {
    const line = topicLine('retention.ms', {}, { server: { 'log.retention.hours': '2' } });
    expect(line).toMatchObject({ value: '7200000', source: 'static' });
  });

  it('come from nowhere for a key no broker key stands in for', () => {
    expect(topicLine('delete.retention.ms', {})).toMatchObject({ value: '86400000', source: 'default', synonyms: [] });
  });
});

describe('lines of a broker', () => {
  it('say what can change while it runs', () => {
    const lines = new Map(
      brokerConfigLines(layers({ cluster: { 'num.partitions': '9' } })).map((line) => [line.name, line]),
    );
    expect(lines.get('message.max.bytes')).toMatchObject({ readOnly: false, source: 'default', type: 'int' });
    expect(lines.get('num.partitions')).toMatchObject({ readOnly: true, source: 'default', value: '1' });
    expect(lines.get('node.id')).toMatchObject({ readOnly: true, source: 'static', value: '1' });
    expect(lines.get('log.retention.ms')).toMatchObject({ value: undefined, source: 'default', synonyms: [] });
  });

  it('of all brokers are what was set for them', () => {
    expect(clusterConfigLines(map({ 'message.max.bytes': '5', 'no.such.key': '1' }))).toMatchObject([
      { name: 'message.max.bytes', value: '5', source: 'cluster', synonyms: [{ value: '5', source: 'cluster' }] },
    ]);
  });
});
