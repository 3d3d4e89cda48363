import { describeConfigs } from '@milena/kafka-protocol';
import type { ConfigResource } from '@milena/metadata';
import { errorCode } from '@milena/model';
import { AUDIT, FakeBroker } from './testing/fake-broker';

const TOPIC = 2;
const BROKER = 4;

function broker(config: Readonly<Record<string, string>> = {}) {
  const fake = new FakeBroker(config);
  const set = ({ type, name: resourceName }: ConfigResource, name: string, value: string) =>
    fake.commit([{ type: 'ConfigRecord', resourceType: type, resourceName, name, value }]);
  const describeOne = async (resourceType: number, resourceName: string, keys: readonly string[] | null = null) => {
    const resources = [{ resourceType, resourceName, configurationKeys: keys }];
    const request = { resources, includeSynonyms: true, includeDocumentation: true };
    const { results } = await fake.answer(describeConfigs, 4, request);
    return results[0]!;
  };
  return { fake, set, describeOne };
}

describe('DescribeConfigs of a topic', () => {
  it('tells the value in force, where it comes from, and what else was considered', async () => {
    const { set, describeOne } = broker({ 'log.segment.bytes': '2000000' });
    set({ type: 'BROKER', name: '' }, 'log.segment.bytes', '3000000');
    set({ type: 'TOPIC', name: AUDIT.name }, 'segment.bytes', '4000000');
    const { configs } = await describeOne(TOPIC, AUDIT.name, ['segment.bytes']);
    expect(configs).toMatchObject([
      {
        name: 'segment.bytes',
        value: '4000000',
        configSource: 1,
        readOnly: false,
        isSensitive: false,
        configType: 3,
        documentation: expect.stringContaining('segment'),
        synonyms: [
          { name: 'segment.bytes', value: '4000000', source: 1 },
          { name: 'log.segment.bytes', value: '3000000', source: 3 },
          { name: 'log.segment.bytes', value: '2000000', source: 4 },
          { name: 'log.segment.bytes', value: '1073741824', source: 5 },
        ],
      },
    ]);
  });

  it('lists all keys when none are named', async () => {
    const { describeOne } = broker();
    const { configs } = await describeOne(TOPIC, AUDIT.name);
    expect(configs.length).toBeGreaterThan(20);
    expect(new Set(configs.map(({ configSource }) => configSource))).toEqual(new Set([5]));
    expect((await describeOne(TOPIC, AUDIT.name, [])).configs).toHaveLength(configs.length);
  });

  it('leaves out synonyms and documentation that nobody asked for', async () => {
    const { fake } = broker();
    const resources = [{ resourceType: TOPIC, resourceName: AUDIT.name, configurationKeys: ['retention.ms'] }];
    const { results } = await fake.answer(describeConfigs, 4, { resources });
    expect(results[0]?.configs).toMatchObject([{ value: '604800000', synonyms: [], documentation: null }]);
  });

  it('that does not exist fails', async () => {
    const { describeOne } = broker();
    expect((await describeOne(TOPIC, 'nosuch')).errorCode).toBe(errorCode('UNKNOWN_TOPIC_OR_PARTITION'));
    expect((await describeOne(TOPIC, 'no such')).errorCode).toBe(errorCode('INVALID_TOPIC_EXCEPTION'));
  });
});

describe('DescribeConfigs of a broker', () => {
  it('tells what can change while it runs, and what was set for it', async () => {
    const { set, describeOne } = broker({ 'num.partitions': '3' });
    set({ type: 'BROKER', name: '' }, 'message.max.bytes', '100');
    set({ type: 'BROKER', name: '1' }, 'message.max.bytes', '200');
    set({ type: 'BROKER', name: '2' }, 'log.roll.ms', '5');
    const { configs } = await describeOne(BROKER, '1', ['num.partitions', 'message.max.bytes', 'log.roll.ms']);
    expect(configs).toMatchObject([
      { name: 'num.partitions', value: '3', configSource: 4, readOnly: true },
      { name: 'message.max.bytes', value: '200', configSource: 2, readOnly: false },
      { name: 'log.roll.ms', value: null, configSource: 5, readOnly: false },
    ]);
  });

  it('by the empty name lists what was set for all', async () => {
    const { set, describeOne } = broker();
    set({ type: 'BROKER', name: '' }, 'message.max.bytes', '100');
    const { configs } = await describeOne(BROKER, '');
    expect(configs).toMatchObject([{ name: 'message.max.bytes', value: '100', configSource: 3 }]);
  });

  it('is refused for another broker, and so is any other kind of resource', async () => {
    const { describeOne } = broker();
    const code = errorCode('INVALID_REQUEST');
    expect(await describeOne(BROKER, '2')).toMatchObject({ errorCode: code, configs: [] });
    expect(await describeOne(BROKER, 'x')).toMatchObject({ errorCode: code });
    for (const type of [0, 8, 16, 32]) expect(await describeOne(type, '1')).toMatchObject({ errorCode: code });
  });
});
