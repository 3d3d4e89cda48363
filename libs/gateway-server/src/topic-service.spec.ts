import {
  createPartitionsRpc,
  createTopicsRpc,
  deleteTopicsRpc,
  describeReplicaLogsRpc,
  incrementalAlterConfigsRpc,
  listTopicConfigsRpc,
} from '@milena/cluster-protocol';
import { failure, NO_OFFSET, offset, success } from '@milena/model';
import { broker, GatewayScene, served, testUuid, topic, topicConfig } from './testing/gateway-scene';

const orders = { name: 'topics/orders', uid: testUuid(1), partitionCount: 2, replicationFactor: 2 };

describe('TopicService, reading', () => {
  it('describes a topic with its own configs', async () => {
    const scene = await GatewayScene.with([...topic('orders', 1, [1, 2]), topicConfig('orders', 'retention.ms', '5')]);
    expect(await scene.call('TopicService/GetTopic', { name: 'topics/orders' })).toEqual({
      topic: { ...orders, configs: { 'retention.ms': '5' } },
    });
    const { failure: failed } = await scene.call('TopicService/GetTopic', { name: 'topics/none' });
    expect(failed).toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION', about: { topic: 'topics/none' } });
  });

  it('lists topics by name, internal ones only when asked', async () => {
    const scene = await GatewayScene.with([
      ...topic('b', 1, [1]),
      ...topic('a', 2, [1]),
      ...topic('__consumer_offsets', 3, [1]),
    ]);
    const namesOf = (answer: Record<string, unknown>) =>
      (answer['topics'] as { name: string }[]).map(({ name }) => name);
    const first = await scene.call('TopicService/ListTopics', { pageSize: 1 });
    const pageToken = first['nextPageToken'];
    const second = await scene.call('TopicService/ListTopics', { pageSize: 1, pageToken });
    expect([namesOf(first), namesOf(second), second['nextPageToken']]).toEqual([['topics/a'], ['topics/b'], undefined]);
    const all = await scene.call('TopicService/ListTopics', { includeInternal: true });
    expect(namesOf(all)).toEqual(['topics/__consumer_offsets', 'topics/a', 'topics/b']);
    const other = await scene.call('TopicService/ListTopics', { includeInternal: true, pageToken });
    expect(other.failure?.violations).toMatchObject([{ field: 'page_token' }]);
  });

  it('lists partitions with what their leaders say, and names the leaders that did not answer', async () => {
    const scene = await GatewayScene.with([broker(1), broker(2), ...topic('orders', 1, [1, 2, -1])]);
    const log = { logStartOffset: offset(0), logEndOffset: offset(9), highWatermark: offset(8), sizeInBytes: 77 };
    const handler = served(describeReplicaLogsRpc, ({ partitions }) =>
      success({ logs: partitions.map((topicPartition) => ({ topicPartition, ...log, isLeader: true })) }),
    );
    scene.server('broker1', 9094, handler);
    scene.network.join('broker2');
    const partition = { leaderEpoch: 5, partitionEpoch: 7, replicaIds: [1, 2] };
    const name = (index: number) => `topics/orders/partitions/${index}`;
    expect(await scene.call('TopicService/ListPartitions', { parent: 'topics/orders', includeLogs: true })).toEqual({
      partitions: [
        {
          name: name(0),
          leaderId: 1,
          ...partition,
          isrIds: [1, 2],
          log: { highWatermark: '8', logEndOffset: '9', sizeBytes: '77' },
        },
        { name: name(1), index: 1, leaderId: 2, ...partition, isrIds: [1, 2] },
        { name: name(2), index: 2, ...partition, isrIds: [2] },
      ],
      unreachable: ['brokers/2'],
    });
    const { partitions } = await scene.call('TopicService/ListPartitions', { parent: 'topics/orders', pageSize: 2 });
    expect(partitions).toHaveLength(2);
  });

  it('asks the next broker for the configuration when one does not answer', async () => {
    const scene = await GatewayScene.with([broker(1), broker(2), ...topic('orders', 1, [2])]);
    scene.network.join('broker2');
    const configs = [
      { key: 'retention.ms', value: '5', source: 1 },
      { key: 'segment.bytes', value: '6', source: 4 },
      { key: 'segment.ms', value: undefined, source: 5 },
    ];
    scene.server(
      'broker1',
      9094,
      served(listTopicConfigsRpc, () => success({ configs })),
    );
    const listed = await scene.call('TopicService/ListTopicConfigs', { parent: 'topics/orders', pageSize: 2 });
    expect(listed['configs']).toMatchObject([
      { name: 'topics/orders/configs/retention.ms', value: '5', source: 'SOURCE_TOPIC' },
      { key: 'segment.bytes', value: '6', source: 'SOURCE_BROKER', documentation: expect.stringContaining('egment') },
    ]);
    const one = await scene.call('TopicService/GetTopicConfig', { name: 'topics/orders/configs/segment.ms' });
    expect(one['config']).toMatchObject({ key: 'segment.ms', source: 'SOURCE_DEFAULT' });
    expect(one['config']).not.toHaveProperty('value');
    const none = await scene.call('TopicService/GetTopicConfig', { name: 'topics/orders/configs/none' });
    expect(none.failure?.code).toBe('INVALID_CONFIG');
  });
});

describe('TopicService, changing', () => {
  it('refuses a negative count, though in Kafka -1 is the default', async () => {
    const scene = await GatewayScene.with();
    for (const [counts, code] of [
      [{ partitionCount: -1 }, 'INVALID_PARTITIONS'],
      [{ replicationFactor: -1 }, 'INVALID_REPLICATION_FACTOR'],
    ] as const) {
      const { failure: failed } = await scene.call('TopicService/CreateTopic', {
        topic: { name: 'topics/t', ...counts },
      });
      expect(failed?.code).toBe(code);
    }
  });

  const created = success({ topicId: testUuid(1), partitions: 2, replicationFactor: 2, configs: [] });

  it('creates a topic, and the answer comes when reads see it', async () => {
    const scene = await GatewayScene.with([broker(1)]);
    const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    const asked: unknown[] = [];
    scene.controller(createTopicsRpc, (request, caused) => {
      asked.push([request, caused]);
      const metadataOffset = scene.log.commit(topic('orders', 1, [1, 2]), { isTold: false });
      scene.time.timers.after(500, () => scene.log.catchUp());
      return success({ topics: [{ name: 'orders', result: created }], metadataOffset });
    });
    const startedMs = scene.time.nowMs();
    const request = { topic: { name: 'topics/orders', partitionCount: 2, configs: { 'retention.ms': '5' } } };
    const answer = await scene.call('TopicService/CreateTopic', request, trace);
    expect(scene.time.nowMs() - startedMs).toBeGreaterThanOrEqual(500);
    expect(answer).toEqual({ topic: orders, metadataOffset: '3' });
    expect(asked).toEqual([
      [
        {
          principal: 'User:ANONYMOUS',
          topics: [
            {
              name: 'orders',
              partitions: 2,
              replicationFactor: -1,
              assignments: [],
              configs: [{ name: 'retention.ms', value: '5' }],
            },
          ],
          timeoutMs: 15_000,
          validateOnly: false,
        },
        trace,
      ],
    ]);
  });

  it('answers in the end although its image does not follow', async () => {
    const scene = await GatewayScene.with([broker(1)]);
    scene.controller(createTopicsRpc, () =>
      success({ topics: [{ name: 'orders', result: created }], metadataOffset: offset(100) }),
    );
    const answer = await scene.call('TopicService/CreateTopic', { topic: { name: 'topics/orders' } });
    expect(answer).toMatchObject({ topic: orders, metadataOffset: '100' });
  });

  it('names the topic that was created, although its name has gone to another one since', async () => {
    const scene = await GatewayScene.with();
    scene.controller(createTopicsRpc, () => {
      const metadataOffset = scene.log.commit(topic('orders', 7, [1]));
      scene.log.commit([{ type: 'RemoveTopicRecord', topicId: testUuid(7) }]);
      scene.log.commit(topic('orders', 8, [1]));
      const result = success({ topicId: testUuid(7), partitions: 1, replicationFactor: 1, configs: [] });
      return success({ topics: [{ name: 'orders', result }], metadataOffset });
    });
    const answer = await scene.call('TopicService/CreateTopic', { topic: { name: 'topics/orders' } });
    expect(answer).toMatchObject({ topic: { uid: testUuid(7) } });
  });

  it('only checks when asked to', async () => {
    const scene = await GatewayScene.with([broker(1), ...topic('old', 9, [1])]);
    const checked = success({ topicId: undefined, partitions: 3, replicationFactor: 1, configs: [] });
    scene.controller(createTopicsRpc, ({ validateOnly }) =>
      validateOnly
        ? success({ topics: [{ name: 'orders', result: checked }], metadataOffset: NO_OFFSET })
        : failure('UNKNOWN_SERVER_ERROR', 'not meant to create'),
    );
    const request = { topic: { name: 'topics/orders' }, validateOnly: true };
    expect(await scene.call('TopicService/CreateTopic', request)).toEqual({
      topic: { name: 'topics/orders', partitionCount: 3, replicationFactor: 1 },
    });
    const check = (name: string) => scene.call('TopicService/DeleteTopic', { name, validateOnly: true });
    expect(await check('topics/old')).toEqual({});
    expect((await check('topics/none')).failure?.code).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  });

  it("says which field the controller's refusal is about", async () => {
    const scene = await GatewayScene.with([broker(1)]);
    scene.controller(createTopicsRpc, () => {
      const result = failure('INVALID_REPLICATION_FACTOR', 'only 1 broker');
      return success({ topics: [{ name: 'orders', result }], metadataOffset: NO_OFFSET });
    });
    const request = { topic: { name: 'topics/orders', replicationFactor: 3 } };
    expect((await scene.call('TopicService/CreateTopic', request)).failure).toEqual({
      code: 'INVALID_REPLICATION_FACTOR',
      message: 'only 1 broker',
      about: { topic: 'topics/orders' },
      violations: [{ field: 'topic.replication_factor', description: 'only 1 broker' }],
    });
  });

  it.each([
    ['CreateTopic', {}, 'topic'],
    ['CreateTopic', { topic: { name: 'orders' } }, 'topic.name'],
    ['CreateTopic', { topic: { name: 'topics/__consumer_offsets' } }, 'topic.name'],
    [
      'CreateTopic',
      { topic: { name: 'topics/a', partitionCount: 1 }, assignments: [{ brokerIds: [1] }] },
      'assignments',
    ],
    ['DeleteTopic', { name: 'orders' }, 'name'],
    ['AddPartitions', { name: 'topics/orders' }, 'partition_count'],
    ['UpdateTopicConfigs', { name: 'topics/orders' }, 'alterations'],
    ['UpdateTopicConfigs', { name: 'topics/orders', alterations: [{ operation: 1 }] }, 'alterations[0].key'],
    ['UpdateTopicConfigs', { name: 'topics/orders', alterations: [{ key: 'a' }] }, 'alterations[0].operation'],
  ])('%s refuses %j itself', async (method, request, field) => {
    const scene = await GatewayScene.with(topic('orders', 1, [1]));
    const { failure: failed } = await scene.call(`TopicService/${method}`, request);
    expect(failed?.violations).toMatchObject([{ field }]);
  });

  it('deletes a topic', async () => {
    const scene = await GatewayScene.with(topic('orders', 1, [1]));
    scene.controller(deleteTopicsRpc, ({ topics }) => {
      const metadataOffset = scene.log.commit([{ type: 'RemoveTopicRecord', topicId: testUuid(1) }]);
      return success({ topics: topics.map((each) => ({ ...each, result: success(null) })), metadataOffset });
    });
    expect(await scene.call('TopicService/DeleteTopic', { name: 'topics/orders' })).toEqual({ metadataOffset: '2' });
    const { failure: failed } = await scene.call('TopicService/GetTopic', { name: 'topics/orders' });
    expect(failed?.code).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  });

  it('adds partitions where the caller wants them', async () => {
    const scene = await GatewayScene.with(topic('orders', 1, [1]));
    const asked: unknown[] = [];
    scene.controller(createPartitionsRpc, ({ topics }) => {
      asked.push(topics);
      return success({ topics: [{ name: 'orders', result: success(null) }], metadataOffset: scene.log.end });
    });
    const answered = scene.call('TopicService/AddPartitions', {
      name: 'topics/orders',
      partitionCount: 2,
      assignments: [{ brokerIds: [2, 1] }],
    });
    scene.log.commit(topic('orders', 1, [1, 2]).slice(2));
    expect(await answered).toEqual({ topic: orders, metadataOffset: '2' });
    expect(asked).toEqual([[{ name: 'orders', count: 2, assignments: [[2, 1]] }]]);
  });

  it('changes single config keys', async () => {
    const scene = await GatewayScene.with([...topic('orders', 1, [1]), topicConfig('orders', 'retention.ms', '5')]);
    const asked: unknown[] = [];
    scene.controller(incrementalAlterConfigsRpc, ({ resources }) => {
      asked.push(...resources);
      const metadataOffset = scene.log.commit([topicConfig('orders', 'segment.ms', '7')]);
      return success({ resources: [{ resource: resources[0]!.resource, result: success(null) }], metadataOffset });
    });
    const alterations = [
      { key: 'segment.ms', operation: 1, value: '7' },
      { key: 'flush.ms', operation: 2 },
      { key: 'cleanup.policy', operation: 3, value: 'compact' },
      { key: 'cleanup.policy', operation: 4, value: 'delete' },
    ];
    const answer = await scene.call('TopicService/UpdateTopicConfigs', { name: 'topics/orders', alterations });
    expect(answer).toEqual({ configs: { 'retention.ms': '5', 'segment.ms': '7' }, metadataOffset: '3' });
    expect(asked).toEqual([
      {
        resource: { type: 'TOPIC', name: 'orders' },
        changes: [
          { name: 'segment.ms', operation: 'SET', value: '7' },
          { name: 'flush.ms', operation: 'DELETE', value: undefined },
          { name: 'cleanup.policy', operation: 'APPEND', value: 'compact' },
          { name: 'cleanup.policy', operation: 'SUBTRACT', value: 'delete' },
        ],
      },
    ]);
  });

  it('says that nobody can make the change', async () => {
    const scene = await GatewayScene.with(topic('orders', 1, [1]));
    const { failure: failed } = await scene.call('TopicService/DeleteTopic', { name: 'topics/orders' });
    expect(failed).toMatchObject({ code: 'NOT_CONTROLLER', about: { topic: 'topics/orders' } });
  });
});
