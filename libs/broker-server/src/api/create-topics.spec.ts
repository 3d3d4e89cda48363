import { createTopicsRpc } from '@milena/cluster-protocol';
import { createTopics } from '@milena/kafka-protocol';
import { errorCode, failure, offset, success, ZERO_UUID } from '@milena/model';
import { FakeBroker, testUuid, topicRecords } from './testing/fake-broker';

const wanted = { name: 'orders', numPartitions: 3, replicationFactor: 2, assignments: [], configs: [] };
const created = {
  topicId: testUuid(20),
  partitions: 3,
  replicationFactor: 2,
  configs: [{ name: 'retention.ms', value: '5', readOnly: false, source: 1, sensitive: false }],
};

function answering(broker: FakeBroker, result: Parameters<typeof createTopicsRpc.encodeResponse>[0]): void {
  broker.onController = () => ({ ok: true, value: createTopicsRpc.encodeResponse(result) });
}

describe('CreateTopics', () => {
  it.each([2, 5, 7])('has the controller create topics and waits for its own image, version %i', async (version) => {
    const broker = new FakeBroker();
    const metadataOffset = broker.commit(topicRecords({ name: 'orders', id: testUuid(20) }, [1]));
    answering(broker, { topics: [{ name: 'orders', result: success(created) }], metadataOffset });
    const assignments = [{ partitionIndex: 0, brokerIds: [2, 1] }];
    const configs = [
      { name: 'retention.ms', value: '5' },
      { name: 'segment.ms', value: null },
    ];
    const topics = [
      wanted,
      { ...wanted, name: 'placed', numPartitions: -1, replicationFactor: -1, assignments, configs },
    ];
    const answer = await broker.answer(createTopics, version, { topics, timeoutMs: 5000 });
    expect(createTopicsRpc.decodeRequest(broker.controllerCalls[0]!.request)).toMatchObject({
      principal: 'User:alice',
      validateOnly: false,
      timeoutMs: 5000,
      topics: [
        { name: 'orders', partitions: 3, replicationFactor: 2, assignments: [], configs: [] },
        {
          name: 'placed',
          partitions: -1,
          replicationFactor: -1,
          assignments: [{ partition: 0, brokerIds: [2, 1] }],
          configs: [
            { name: 'retention.ms', value: '5' },
            { name: 'segment.ms', value: undefined },
          ],
        },
      ],
    });
    expect(broker.awaited).toEqual([metadataOffset]);
    expect(answer.throttleTimeMs).toBe(0);
    expect(answer.topics).toMatchObject([{ name: 'orders', errorCode: 0, errorMessage: null }]);
    if (version >= 5) {
      expect(answer.topics[0]).toMatchObject({ numPartitions: 3, replicationFactor: 2 });
      expect(answer.topics[0]?.configs).toMatchObject([{ name: 'retention.ms', value: '5', configSource: 1 }]);
    }
    expect(answer.topics[0]?.topicId).toBe(version >= 7 ? testUuid(20) : ZERO_UUID);
  });

  it('only checks when asked to, and then waits for nothing', async () => {
    const broker = new FakeBroker();
    const result = success({ ...created, topicId: undefined });
    answering(broker, { topics: [{ name: 'orders', result }], metadataOffset: -1 as never });
    const answer = await broker.answer(createTopics, 7, { topics: [wanted], validateOnly: true });
    expect(createTopicsRpc.decodeRequest(broker.controllerCalls[0]!.request).validateOnly).toBe(true);
    expect(answer.topics).toMatchObject([{ errorCode: 0, topicId: ZERO_UUID }]);
    expect(broker.awaited).toEqual([]);
  });

  it('passes on what the controller refuses, with its reason', async () => {
    const broker = new FakeBroker();
    const result = failure('TOPIC_ALREADY_EXISTS', "topic 'orders' already exists");
    answering(broker, { topics: [{ name: 'orders', result }], metadataOffset: -1 as never });
    expect((await broker.answer(createTopics, 4, { topics: [wanted] })).topics).toMatchObject([
      { errorCode: errorCode('TOPIC_ALREADY_EXISTS'), errorMessage: "topic 'orders' already exists" },
    ]);
  });

  it('answers although its own image is still behind when the time is up', async () => {
    const broker = new FakeBroker();
    answering(broker, { topics: [{ name: 'orders', result: success(created) }], metadataOffset: offset(999) });
    expect((await broker.answer(createTopics, 7, { topics: [wanted] })).topics).toMatchObject([{ errorCode: 0 }]);
  });

  it.each([
    ['refused', 'NOT_CONTROLLER'],
    ['cancelled', 'NOT_CONTROLLER'],
    ['timeout', 'REQUEST_TIMED_OUT'],
    ['reset', 'REQUEST_TIMED_OUT'],
  ] as const)('answers a retriable error when the controller cannot be asked: %s', async (reason, error) => {
    const broker = new FakeBroker();
    broker.onController = () => ({ ok: false, error: { reason, message: 'gone' } });
    expect((await broker.answer(createTopics, 7, { topics: [wanted], timeoutMs: -5 })).topics).toMatchObject([
      { name: 'orders', errorCode: errorCode(error) },
    ]);
    expect(broker.controllerCalls).toMatchObject([{ timeoutMs: 1 }]);
  });

  it('creates no internal topic', async () => {
    const broker = new FakeBroker();
    answering(broker, { topics: [{ name: 'orders', result: success(created) }], metadataOffset: offset(999) });
    const topics = [{ ...wanted, name: '__consumer_offsets' }, wanted];
    expect((await broker.answer(createTopics, 7, { topics })).topics).toMatchObject([
      { name: '__consumer_offsets', errorCode: errorCode('INVALID_REQUEST') },
      { name: 'orders', errorCode: 0 },
    ]);
    expect(createTopicsRpc.decodeRequest(broker.controllerCalls[0]!.request).topics).toHaveLength(1);
  });

  it('does not bother the controller with more topics than one request may create', async () => {
    const broker = new FakeBroker();
    const topics = Array.from({ length: 10_001 }, (_, index) => ({ ...wanted, name: `topic-${index}` }));
    const answer = await broker.answer(createTopics, 7, { topics });
    expect(answer.topics[10_000]).toMatchObject({ name: 'topic-10000', errorCode: errorCode('POLICY_VIOLATION') });
    expect(broker.controllerCalls).toEqual([]);
  });

  it('answers INVALID_REQUEST for what the controller cannot read', async () => {
    const broker = new FakeBroker();
    broker.onController = () => ({
      ok: false,
      error: { reason: 'status', status: 'INVALID_ARGUMENT', message: 'bad' },
    });
    expect((await broker.answer(createTopics, 7, { topics: [wanted] })).topics).toMatchObject([
      { errorCode: errorCode('INVALID_REQUEST') },
    ]);
  });
});
