import { NO_OFFSET } from '@milena/model';
import { Scenario } from '../testing/scenario';
import { createPartitions } from '../topics/create-partitions';
import { alterConfigs } from './alter-configs';
import { incrementalAlterConfigs, type ConfigChange, type ConfigChanges } from './incremental-alter-configs';

const ASKED = { principal: 'User:alice', timeoutMs: 1000, validateOnly: false };
const topic = (name: string) => ({ type: 'TOPIC' as const, name });
const set = (name: string, value: string | undefined): ConfigChange => ({ name, operation: 'SET', value });

function setUp() {
  const scenario = new Scenario();
  scenario.start(1);
  scenario.createTopics([{ name: 'a' }, { name: 'b' }]);
  const alter = (...resources: ConfigChanges[]) =>
    scenario.commit(incrementalAlterConfigs(scenario.image, { ...ASKED, resources }, scenario));
  return { scenario, alter };
}

describe('altering configurations', () => {
  it('decides each resource on its own and answers in the order of the request', () => {
    const { scenario, alter } = setUp();
    const { resources, metadataOffset } = alter(
      { resource: topic('nosuch'), changes: [set('retention.ms', '5')] },
      { resource: topic('b'), changes: [set('retention.ms', 'x')] },
      { resource: topic('a'), changes: [set('retention.ms', '5')] },
    );
    expect(resources.map(({ resource, result }) => [resource.name, result.ok ? 'ok' : result.error.code])).toEqual([
      ['nosuch', 'UNKNOWN_TOPIC_OR_PARTITION'],
      ['b', 'INVALID_CONFIG'],
      ['a', 'ok'],
    ]);
    expect(metadataOffset).toBe(scenario.image.provenance.offset);
    expect(scenario.image.configValue(topic('a'), 'retention.ms')).toBe('5');
  });

  it('refuses a resource that is named twice, kinds without configuration, and null as a value', () => {
    const { scenario, alter } = setUp();
    const { resources, metadataOffset } = alter(
      { resource: topic('a'), changes: [set('retention.ms', '5')] },
      { resource: topic('a'), changes: [set('retention.ms', '6')] },
      { resource: { type: 'GROUP', name: 'g' }, changes: [] },
      { resource: topic('b'), changes: [set('retention.ms', undefined)] },
    );
    expect(resources.map(({ result }) => !result.ok && result.error.code)).toEqual(Array(4).fill('INVALID_REQUEST'));
    expect(metadataOffset).toBe(NO_OFFSET);
    const entries = [{ name: 'retention.ms', value: undefined }];
    expect(scenario.replaceConfigs(topic('a'), entries)).toMatchObject({ error: { code: 'INVALID_REQUEST' } });
    const twice = [1, 2].map((value) => ({ name: 'retention.ms', value: String(value) }));
    expect(scenario.replaceConfigs(topic('a'), twice)).toMatchObject({ error: { code: 'INVALID_REQUEST' } });
  });

  it('keeps min.insync.replicas of all brokers while ELR is in use, for brokers may fall back to less', () => {
    const scenario = new Scenario({ minInsyncReplicas: 2 });
    const cluster = { type: 'BROKER' as const, name: '' };
    const taken = [{ name: 'min.insync.replicas', operation: 'DELETE' as const, value: undefined }];
    expect(scenario.alterConfigs(cluster, taken)).toMatchObject({ error: { code: 'INVALID_CONFIG' } });
    expect(scenario.replaceConfigs(cluster, [])).toMatchObject({ error: { code: 'INVALID_CONFIG' } });
    expect(scenario.alterConfigs(cluster, [set('min.insync.replicas', '1')])).toMatchObject({ ok: true });
    expect(scenario.image.configValue(cluster, 'min.insync.replicas')).toBe('1');
  });

  it('knows a broker by its number as it is written, and no other spelling of it', () => {
    const { scenario } = setUp();
    const broker = { type: 'BROKER' as const, name: '01' };
    expect(scenario.alterConfigs(broker, [set('log.retention.ms', '5')])).toMatchObject({
      error: { code: 'INVALID_REQUEST' },
    });
    expect(scenario.alterConfigs({ ...broker, name: '1' }, [set('log.retention.ms', '5')])).toMatchObject({ ok: true });
  });

  it('writes nothing when it only validates', () => {
    const { scenario } = setUp();
    expect(scenario.alterConfigs(topic('a'), [set('retention.ms', '5')], true)).toMatchObject({ ok: true });
    expect(scenario.alterConfigs(topic('a'), [set('retention.ms', 'x')], true)).toMatchObject({ ok: false });
    expect(scenario.replaceConfigs(topic('a'), [{ name: 'retention.ms', value: '5' }], true)).toMatchObject({
      ok: true,
    });
    expect(scenario.createPartitions({ name: 'a', count: 5, assignments: undefined }, true)).toMatchObject({
      ok: true,
    });
    expect(scenario.image.config(topic('a')).size).toBe(0);
    expect(scenario.image.topicByName('a')?.partitionCount).toBe(1);
  });

  it('refuses more than one batch can carry', () => {
    const { scenario, alter } = setUp();
    const changes = Array.from({ length: 10_001 }, (_, index) => set(`k${index}`, '1'));
    expect(alter({ resource: topic('a'), changes }).resources).toMatchObject([
      { result: { error: { code: 'POLICY_VIOLATION' } } },
    ]);
    const resources = [{ resource: topic('a'), entries: changes }];
    const replaced = scenario.commit(alterConfigs(scenario.image, { ...ASKED, resources }, scenario));
    expect(replaced.resources).toMatchObject([{ result: { error: { code: 'POLICY_VIOLATION' } } }]);
  });
});

describe('adding partitions to several topics', () => {
  it('decides each on its own, and refuses names given twice and more than one batch can carry', () => {
    const { scenario } = setUp();
    const wanted = (name: string, count: number) => ({ name, count, assignments: undefined });
    const add = (...topics: ReturnType<typeof wanted>[]) =>
      scenario
        .commit(createPartitions(scenario.image, { ...ASKED, topics }, { draw: () => 0 }))
        .topics.map(({ name, result }) => `${name} ${result.ok ? 'ok' : result.error.code}`);
    expect(add(wanted('a', 3), wanted('nosuch', 3), wanted('b', 2), wanted('b', 4))).toEqual([
      'a ok',
      'nosuch UNKNOWN_TOPIC_OR_PARTITION',
      'b INVALID_REQUEST',
    ]);
    expect(add(wanted('a', 10_003), wanted('b', 2))).toEqual(['a ok', 'b POLICY_VIOLATION']);
    expect(scenario.image.topicByName('a')?.partitionCount).toBe(10_003);
  });
});
