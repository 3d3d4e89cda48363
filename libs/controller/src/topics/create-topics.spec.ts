import { failure, NO_OFFSET } from '@milena/model';
import { Scenario } from '../testing/scenario';
import { MAX_NEW_PARTITIONS, type CreatableTopic } from './create-topics';

function cluster(brokers = 3, defaults = {}): Scenario {
  const scenario = new Scenario(defaults);
  for (let id = 1; id <= brokers; id++) scenario.start(id);
  return scenario;
}

/** `NAME: ERROR` or `NAME: partitions x factor` for each topic of a request. */
function create(scenario: Scenario, ...topics: Partial<CreatableTopic>[]): string[] {
  return scenario.createTopics(topics).topics.map(({ name, result }) => {
    const shown = name.length > 20 ? `${name.length} characters` : name;
    return `${shown}: ${result.ok ? `${result.value.partitions} x ${result.value.replicationFactor}` : result.error.code}`;
  });
}

describe('creating topics', () => {
  it('writes the topic, its configuration and its partitions, and answers with the last offset', () => {
    const scenario = cluster();
    const configs = [{ name: 'retention.ms', value: '5' }];
    const { topics, metadataOffset } = scenario.createTopics([
      { name: 'orders', partitions: 2, replicationFactor: 3, configs },
    ]);
    expect(scenario.lastRecords.map(({ type }) => type)).toEqual([
      'TopicRecord',
      'ConfigRecord',
      'PartitionRecord',
      'PartitionRecord',
    ]);
    expect(metadataOffset).toBe(scenario.image.provenance.offset);
    const topic = scenario.image.topicByName('orders');
    expect(topics).toMatchObject([
      { name: 'orders', result: { ok: true, value: { topicId: topic?.id, partitions: 2 } } },
    ]);
    for (const state of topic?.partitions() ?? []) {
      expect(state).toMatchObject({
        isr: state.replicas,
        leader: state.replicas[0],
        leaderEpoch: 0,
        partitionEpoch: 0,
      });
    }
    expect(scenario.image.configValue({ type: 'TOPIC', name: 'orders' }, 'retention.ms')).toBe('5');
  });

  it('takes counts left open from the defaults', () => {
    expect(create(cluster(3, { partitions: 4, replicationFactor: 2 }), {})).toEqual(['t: 4 x 2']);
  });

  it.each([
    ['', 'INVALID_TOPIC_EXCEPTION'],
    ['.', 'INVALID_TOPIC_EXCEPTION'],
    ['..', 'INVALID_TOPIC_EXCEPTION'],
    ['a b', 'INVALID_TOPIC_EXCEPTION'],
    ['a/b', 'INVALID_TOPIC_EXCEPTION'],
    ['tópico', 'INVALID_TOPIC_EXCEPTION'],
    ['x'.repeat(250), 'INVALID_TOPIC_EXCEPTION'],
    ['x'.repeat(249), '1 x 1'],
    ['...', '1 x 1'],
    ['A.b_c-9', '1 x 1'],
    ['__cluster_metadata', 'INVALID_REQUEST'],
  ])('name %j: %s', (name, expected) => {
    expect(create(cluster(1), { name })[0]).toMatch(new RegExp(`: ${expected}$`));
  });

  it.each([
    [{ partitions: 0 }, 'INVALID_PARTITIONS'],
    [{ partitions: -2 }, 'INVALID_PARTITIONS'],
    [{ replicationFactor: 0 }, 'INVALID_REPLICATION_FACTOR'],
    [{ replicationFactor: 4 }, 'INVALID_REPLICATION_FACTOR'],
    [{ partitions: MAX_NEW_PARTITIONS + 1 }, 'POLICY_VIOLATION'],
    [{ configs: [{ name: 'k', value: undefined }] }, 'INVALID_CONFIG'],
    [{ partitions: 1, assignments: [{ partition: 0, brokerIds: [1] }] }, 'INVALID_REQUEST'],
    [{ replicationFactor: 1, assignments: [{ partition: 0, brokerIds: [1] }] }, 'INVALID_REQUEST'],
  ])('%j: %s', (topic, expected) => {
    expect(create(cluster(3), topic)).toEqual([`t: ${expected}`]);
  });

  it.each([
    ['a gap', [{ partition: 1, brokerIds: [1] }]],
    [
      'a repetition',
      [
        { partition: 0, brokerIds: [1] },
        { partition: 0, brokerIds: [2] },
      ],
    ],
    ['no replicas', [{ partition: 0, brokerIds: [] }]],
    [
      'unequal factors',
      [
        { partition: 0, brokerIds: [1] },
        { partition: 1, brokerIds: [1, 2] },
      ],
    ],
    ['a broker twice', [{ partition: 0, brokerIds: [1, 1] }]],
    ['an unknown broker', [{ partition: 0, brokerIds: [1, 9] }]],
    ['only fenced brokers', [{ partition: 0, brokerIds: [3] }]],
  ])('refuses an assignment with %s', (_what, assignments) => {
    const scenario = cluster(3);
    scenario.fence(3);
    expect(create(scenario, { assignments })).toEqual(['t: INVALID_REPLICA_ASSIGNMENT']);
  });

  it('keeps an assignment, whatever order it comes in, and leaves fenced brokers out of the ISR', () => {
    const scenario = cluster(3);
    scenario.fence(3);
    const assignments = [
      { partition: 1, brokerIds: [2, 1] },
      { partition: 0, brokerIds: [3, 1] },
    ];
    expect(create(scenario, { assignments })).toEqual(['t: 2 x 2']);
    expect([...(scenario.image.topicByName('t')?.partitions() ?? [])]).toMatchObject([
      { replicas: [3, 1], isr: [1], leader: 1 },
      { replicas: [2, 1], isr: [2, 1], leader: 2 },
    ]);
  });

  it('says how many brokers there are when a replication factor cannot be reached', () => {
    const [topic] = cluster(2).createTopics([{ replicationFactor: 3 }]).topics;
    expect(topic?.result).toMatchObject({
      error: { message: 'the replication factor of 3 cannot be reached: 2 broker(s) are registered' },
    });
  });

  it('creates nothing while every broker is fenced', () => {
    const scenario = new Scenario();
    scenario.register(1);
    expect(create(scenario, {})).toEqual(['t: INVALID_REPLICATION_FACTOR']);
  });

  it('refuses names that exist, collide, or stand twice in the request, and creates the rest', () => {
    const scenario = cluster(1);
    create(scenario, { name: 'a.b' });
    const names = ['a.b', 'a_b', 'c.d', 'c_d', 'e', 'e', 'f'].map((name) => ({ name }));
    expect(create(scenario, ...names)).toEqual([
      'a.b: TOPIC_ALREADY_EXISTS',
      'a_b: INVALID_TOPIC_EXCEPTION',
      'c.d: 1 x 1',
      'c_d: INVALID_TOPIC_EXCEPTION',
      'e: INVALID_REQUEST',
      'f: 1 x 1',
    ]);
    expect([...scenario.image.topics()].map(({ name }) => name).sort()).toEqual(['a.b', 'c.d', 'f']);
  });

  it('finds the other spelling of a name of any length, and no third name', () => {
    const scenario = cluster(1);
    create(scenario, { name: 'a.b_c' }, { name: '1.2_3.4_5.6_7.8' }, { name: 'plain' });
    const names = ['a_b_c', 'a.b.c', 'a.bc', 'a.b_', '1_2_3_4_5_6_7_8', 'plain_', '.plain'].map((name) => ({ name }));
    expect(create(scenario, ...names)).toEqual([
      'a_b_c: INVALID_TOPIC_EXCEPTION',
      'a.b.c: INVALID_TOPIC_EXCEPTION',
      'a.bc: 1 x 1',
      'a.b_: 1 x 1',
      '1_2_3_4_5_6_7_8: INVALID_TOPIC_EXCEPTION',
      'plain_: 1 x 1',
      '.plain: 1 x 1',
    ]);
  });

  it('counts the partitions of the whole request against the bound', () => {
    const half = { partitions: MAX_NEW_PARTITIONS / 2 };
    const scenario = cluster(1);
    expect(create(scenario, { name: 'a', ...half }, { name: 'b', ...half }, { name: 'c' })).toEqual([
      'a: POLICY_VIOLATION',
      'b: POLICY_VIOLATION',
      'c: POLICY_VIOLATION',
    ]);
    expect(create(scenario, { name: 'a', ...half }, { name: 'b', ...half })).toEqual(['a: 5000 x 1', 'b: 5000 x 1']);
  });

  it('asks the rules about configuration', () => {
    const refusal = failure('INVALID_CONFIG', 'unknown topic key nosuch').error;
    const topicConfigs = { refusal: () => refusal, effective: () => [] };
    const [topic] = cluster(1).createTopics([{ configs: [{ name: 'nosuch', value: '1' }] }], { topicConfigs }).topics;
    expect(topic?.result).toEqual({ ok: false, error: refusal });
  });

  it('only validates when asked to: the same answer without an id, and nothing written', () => {
    const scenario = cluster(1);
    const { topics, metadataOffset } = scenario.createTopics([{ name: 'a', partitions: 3 }, { name: '.' }], {}, true);
    expect(topics).toMatchObject([
      { name: 'a', result: { ok: true, value: { topicId: undefined, partitions: 3, replicationFactor: 1 } } },
      { name: '.', result: { ok: false } },
    ]);
    expect(metadataOffset).toBe(NO_OFFSET);
    expect(scenario.image.topicCount).toBe(0);
  });
});
