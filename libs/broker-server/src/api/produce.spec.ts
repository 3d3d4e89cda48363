import { produce, type RequestInputOf } from '@milena/kafka-protocol';
import { errorCode, NO_EPOCH, timestampMs, ZERO_OFFSET, type ErrorName } from '@milena/model';
import { encodeBatch } from '@milena/record-batch';
import { CloseConnection } from './close-connection';
import { appended, AUDIT, EVENTS, FakeBroker, testUuid, topicRecords } from './testing/fake-broker';

const batch = encodeBatch({
  baseOffset: ZERO_OFFSET,
  partitionLeaderEpoch: NO_EPOCH,
  records: [{ value: Buffer.from('v') }],
  timestamp: timestampMs(1),
});

type Topics = RequestInputOf<typeof produce>['topicData'];

const toEvents: Topics = [{ name: EVENTS.name, partitionData: [{ index: 0, records: batch }] }];

function request(topicData: Topics = toEvents, acks = -1, transactionalId: string | null = null) {
  return { acks, timeoutMs: 1500, topicData, transactionalId };
}

async function errors(broker: FakeBroker, version: number, input: RequestInputOf<typeof produce>) {
  const { responses } = await broker.answer(produce, version, input);
  return responses.flatMap(({ partitionResponses }) => partitionResponses.map((partition) => partition.errorCode));
}

describe('Produce', () => {
  it('appends the batches as they came and answers per partition in the order of the request', async () => {
    const broker = new FakeBroker();
    broker.onAppend = ({ entries }) => entries.map((entry, index) => appended(entry, 100 + index));
    const topics = [
      { name: EVENTS.name, partitionData: [1, 0].map((index) => ({ index, records: batch })) },
      { name: AUDIT.name, partitionData: [{ index: 0, records: batch }] },
    ];
    const { responses } = await broker.answer(produce, 9, request(topics));
    expect(
      responses.map(({ name, partitionResponses }) => [name, partitionResponses.map((p) => [p.index, p.baseOffset])]),
    ).toEqual([
      [
        EVENTS.name,
        [
          [1, 100],
          [0, 101],
        ],
      ],
      [AUDIT.name, [[0, 102]]],
    ]);
    expect(broker.appends).toMatchObject([{ acks: -1, timeoutMs: 1500 }]);
    expect(broker.appends[0]?.entries[0]).toMatchObject({
      topicPartition: { topic: EVENTS.name, partition: 1 },
      topicId: EVENTS.id,
      batches: batch,
    });
  });

  it('names topics by id from version 13 on', async () => {
    const broker = new FakeBroker();
    const topics = [
      { topicId: EVENTS.id, partitionData: [{ index: 0, records: batch }] },
      { topicId: testUuid(99), partitionData: [{ index: 0, records: batch }] },
    ];
    expect(await errors(broker, 13, request(topics))).toEqual([0, errorCode('UNKNOWN_TOPIC_ID')]);
    expect(broker.appends[0]?.entries).toHaveLength(1);
  });

  it('lets no client write to an internal topic', async () => {
    const broker = new FakeBroker();
    const offsets = { name: '__consumer_offsets', id: testUuid(60) };
    broker.commit(topicRecords(offsets, [1]));
    const topics = [{ name: offsets.name, partitionData: [{ index: 0, records: batch }] }, ...toEvents];
    expect(await errors(broker, 9, request(topics))).toEqual([errorCode('INVALID_TOPIC_EXCEPTION'), 0]);
    expect(broker.appends[0]?.entries).toHaveLength(1);
  });

  it('answers an unknown topic or partition with the error that clients retry', async () => {
    const broker = new FakeBroker();
    const topics = [
      { name: 'missing', partitionData: [{ index: 0, records: batch }] },
      { name: AUDIT.name, partitionData: [{ index: 1, records: batch }] },
    ];
    const unknown = errorCode('UNKNOWN_TOPIC_OR_PARTITION');
    expect(await errors(broker, 7, request(topics))).toEqual([unknown, unknown]);
    expect(broker.appends).toEqual([]);
  });

  it.each<[string, number, ReturnType<typeof request>, ErrorName]>([
    ['acks of 2', 9, request(toEvents, 2), 'INVALID_REQUIRED_ACKS'],
    ['a transaction', 9, request(toEvents, -1, 'tx'), 'UNSUPPORTED_VERSION'],
    ['version 2, which is advertised only', 2, request(), 'UNSUPPORTED_VERSION'],
    ['version 0', 0, request(toEvents, 1), 'UNSUPPORTED_VERSION'],
  ])('refuses %s for every partition', async (_name, version, input, error) => {
    const broker = new FakeBroker();
    expect(await errors(broker, version, input)).toEqual([errorCode(error)]);
    expect(broker.appends).toEqual([]);
  });

  it('refuses zstd before version 7 and transactional batches', async () => {
    const withAttributes = (attributes: number) => {
      const bytes = Buffer.from(batch);
      bytes.writeInt16BE(attributes, 21);
      return [{ name: EVENTS.name, partitionData: [{ index: 0, records: bytes }] }];
    };
    const broker = new FakeBroker();
    expect(await errors(broker, 6, request(withAttributes(4)))).toEqual([errorCode('UNSUPPORTED_COMPRESSION_TYPE')]);
    expect(await errors(broker, 7, request(withAttributes(4)))).toEqual([0]);
    expect(await errors(broker, 7, request(withAttributes(0x10)))).toEqual([errorCode('INVALID_TXN_STATE')]);
  });

  it('leaves it to the log to judge bytes that are no batch', async () => {
    const broker = new FakeBroker();
    broker.onAppend = ({ entries }) =>
      entries.map((entry) => ({ ...appended(entry, -1), error: 'CORRUPT_MESSAGE', message: 'bad crc' }));
    const topics = [
      {
        name: EVENTS.name,
        partitionData: [
          { index: 0, records: Buffer.alloc(80) },
          { index: 1, records: null },
        ],
      },
    ];
    const { responses } = await broker.answer(produce, 8, request(topics));
    expect(responses[0]?.partitionResponses).toMatchObject([
      { errorCode: errorCode('CORRUPT_MESSAGE'), errorMessage: 'bad crc' },
      { errorCode: errorCode('CORRUPT_MESSAGE') },
    ]);
    expect(broker.appends[0]?.entries[1]?.batches).toHaveLength(0);
  });

  it('names the leader and where it is reached when it is not the leader', async () => {
    const broker = new FakeBroker();
    broker.onAppend = ({ entries }) =>
      entries.map((entry) => ({ ...appended(entry, -1), error: 'NOT_LEADER_OR_FOLLOWER' }));
    const topics = [{ name: EVENTS.name, partitionData: [1, 2].map((index) => ({ index, records: batch })) }];
    const { responses, nodeEndpoints } = await broker.answer(produce, 10, request(topics));
    expect(responses[0]?.partitionResponses.map(({ currentLeader }) => currentLeader)).toEqual([
      { leaderId: 2, leaderEpoch: 5 },
      null,
    ]);
    expect(nodeEndpoints).toEqual([{ nodeId: 2, host: 'host2', port: 9092, rack: 'rack2' }]);
  });

  it('answers nothing with acks=0', async () => {
    const broker = new FakeBroker();
    expect(await broker.ask(produce, 7, request(toEvents, 0))).toBeUndefined();
    expect(broker.appends).toHaveLength(1);
  });

  it('closes the connection when acks=0 fails, as nothing else would tell', async () => {
    const broker = new FakeBroker();
    broker.onAppend = ({ entries }) =>
      entries.map((entry) => ({ ...appended(entry, -1), error: 'NOT_LEADER_OR_FOLLOWER' }));
    await expect(broker.ask(produce, 7, request(toEvents, 0))).rejects.toThrow(CloseConnection);
    await expect(broker.ask(produce, 2, request(toEvents, 0))).rejects.toThrow(CloseConnection);
  });
});
