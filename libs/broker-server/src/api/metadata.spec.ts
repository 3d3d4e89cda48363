import { createTopicsRpc } from '@milena/cluster-protocol';
import { metadata, NO_AUTHORIZED_OPERATIONS } from '@milena/kafka-protocol';
import { errorCode, success, ZERO_UUID } from '@milena/model';
import { AUDIT, EVENTS, FakeBroker, registration, testUuid, topicRecords } from './testing/fake-broker';

/** A controller that creates what it is asked for. */
function creating(broker: FakeBroker): void {
  broker.onController = (_method, bytes) => {
    const { topics } = createTopicsRpc.decodeRequest(bytes);
    let metadataOffset = broker.image.provenance.offset;
    for (const [index, { name }] of topics.entries()) {
      metadataOffset = broker.commit(topicRecords({ name, id: testUuid(10 + index) }, [1]));
    }
    const created = { topicId: testUuid(10), partitions: 1, replicationFactor: 1, configs: [] };
    const results = topics.map(({ name }) => ({ name, result: success(created) }));
    return { ok: true, value: createTopicsRpc.encodeResponse({ topics: results, metadataOffset }) };
  };
}

describe('Metadata', () => {
  it('shows live brokers by the listener the client came in on, and no peer listener', async () => {
    const { brokers, clusterId, controllerId } = await new FakeBroker().answer(metadata, 9, { topics: [] });
    expect(brokers).toEqual([
      { nodeId: 1, host: 'host1', port: 9092, rack: 'rack1' },
      { nodeId: 2, host: 'host2', port: 9092, rack: 'rack2' },
    ]);
    expect(clusterId).toBe(testUuid(50));
    expect(controllerId).toBe(1);
  });

  it('names as controller a broker that clients can reach', async () => {
    const broker = new FakeBroker();
    broker.commit([registration(1, true)]);
    const { brokers, controllerId } = await broker.answer(metadata, 9, { topics: [] });
    expect(brokers.map(({ nodeId }) => nodeId)).toEqual([2]);
    expect(controllerId).toBe(2);
  });

  it.each([
    [0, [], ['audit', 'events']],
    [1, [], []],
    [1, null, ['audit', 'events']],
    [13, [], []],
    [13, null, ['audit', 'events']],
  ])('version %i with topics %j shows %j', async (version, topics, expected) => {
    const answer = await new FakeBroker().answer(metadata, version, { topics });
    expect(answer.topics.map(({ name }) => name)).toEqual(expected);
  });

  it('shows leaders with their epoch, and which replicas are offline', async () => {
    const { topics } = await new FakeBroker().answer(metadata, 12, { topics: [{ name: EVENTS.name }] });
    expect(topics[0]).toMatchObject({ errorCode: 0, topicId: EVENTS.id, isInternal: false });
    expect(topics[0]?.partitions).toMatchObject([
      { partitionIndex: 0, errorCode: 0, leaderId: 1, leaderEpoch: 5, isrNodes: [1], offlineReplicas: [3] },
      { partitionIndex: 1, errorCode: 0, leaderId: 2 },
      { partitionIndex: 2, errorCode: errorCode('LEADER_NOT_AVAILABLE'), leaderId: -1, leaderEpoch: 5 },
    ]);
  });

  it('says when the leader has no listener of the kind the client uses', async () => {
    const broker = new FakeBroker();
    const peerOnly = { ...registration(2), listeners: [] };
    broker.commit([peerOnly as ReturnType<typeof registration>]);
    const { topics } = await broker.answer(metadata, 12, { topics: [{ name: EVENTS.name }] });
    expect(topics[0]?.partitions[1]?.errorCode).toBe(errorCode('LISTENER_NOT_FOUND'));
  });

  it('finds topics by id from version 12 on', async () => {
    const topics = [
      { name: null, topicId: AUDIT.id },
      { name: null, topicId: testUuid(99) },
    ];
    const answer = await new FakeBroker().answer(metadata, 12, { topics });
    expect(answer.topics.map(({ errorCode: error, name, topicId }) => [error, name, topicId])).toEqual([
      [0, AUDIT.name, AUDIT.id],
      [errorCode('UNKNOWN_TOPIC_ID'), null, testUuid(99)],
    ]);
    const early = await new FakeBroker().answer(metadata, 10, { topics });
    expect(early.topics[0]).toMatchObject({ errorCode: errorCode('INVALID_REQUEST'), name: '' });
  });

  it('gives authorized operations to those who ask', async () => {
    const ask = { topics: [{ name: AUDIT.name }] };
    const without = await new FakeBroker().answer(metadata, 9, ask);
    expect(without.clusterAuthorizedOperations).toBe(NO_AUTHORIZED_OPERATIONS);
    expect(without.topics[0]?.topicAuthorizedOperations).toBe(NO_AUTHORIZED_OPERATIONS);
    const flags = { includeClusterAuthorizedOperations: true, includeTopicAuthorizedOperations: true };
    const wanted = await new FakeBroker().answer(metadata, 9, { ...ask, ...flags });
    expect(wanted.clusterAuthorizedOperations).toBe(0b1111110100000);
    expect(wanted.topics[0]?.topicAuthorizedOperations).toBe(0b110111111000);
  });
});

describe('Metadata for a topic that does not exist', () => {
  const ask = { topics: [{ name: 'fresh' }] };
  const unknown = {
    errorCode: errorCode('UNKNOWN_TOPIC_OR_PARTITION'),
    name: 'fresh',
    topicId: ZERO_UUID,
    partitions: [],
  };

  it.each([0, 3, 4, 13])('creates it and answers with its leader, version %i', async (version) => {
    const broker = new FakeBroker({ 'num.partitions': '3', 'default.replication.factor': '2' });
    creating(broker);
    const { topics } = await broker.answer(metadata, version, ask);
    expect(topics[0]).toMatchObject({ errorCode: 0, name: 'fresh', partitions: [{ leaderId: 1 }] });
    expect(broker.controllerCalls).toHaveLength(1);
    expect(createTopicsRpc.decodeRequest(broker.controllerCalls[0]!.request)).toMatchObject({
      principal: 'User:alice',
      topics: [{ name: 'fresh', partitions: 3, replicationFactor: 2 }],
      validateOnly: false,
    });
  });

  it('does not create it when the client forbids that', async () => {
    const broker = new FakeBroker();
    const { topics } = await broker.answer(metadata, 12, { ...ask, allowAutoTopicCreation: false });
    expect(topics).toMatchObject([unknown]);
    expect(broker.controllerCalls).toEqual([]);
  });

  it('does not create it when the broker forbids that', async () => {
    const broker = new FakeBroker({ 'auto.create.topics.enable': 'false' });
    expect((await broker.answer(metadata, 12, ask)).topics).toMatchObject([unknown]);
    expect(broker.controllerCalls).toEqual([]);
  });

  it('answers with the error clients retry when no controller can be reached', async () => {
    const broker = new FakeBroker();
    expect((await broker.answer(metadata, 12, ask)).topics).toMatchObject([unknown]);
    expect(broker.controllerCalls).toMatchObject([{ timeoutMs: 1000 }]);
    expect(broker.logger.lines).toMatchObject([{ level: 'warn', message: 'topics were not created on demand' }]);
  });

  it('creates it once when two clients ask at a time', async () => {
    const broker = new FakeBroker();
    creating(broker);
    await Promise.all([broker.answer(metadata, 12, ask), broker.answer(metadata, 12, ask)]);
    expect(broker.controllerCalls).toHaveLength(1);
  });

  it('never creates names that are not allowed, nor internal topics', async () => {
    const broker = new FakeBroker();
    const topics = [{ name: 'no good' }, { name: '__consumer_offsets' }];
    const answer = await broker.answer(metadata, 12, { topics });
    expect(answer.topics.map((topic) => topic.errorCode)).toEqual([
      errorCode('INVALID_TOPIC_EXCEPTION'),
      errorCode('UNKNOWN_TOPIC_OR_PARTITION'),
    ]);
    expect(broker.controllerCalls).toEqual([]);
  });
});
