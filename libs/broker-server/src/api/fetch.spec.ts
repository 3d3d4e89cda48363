import { fetch, type RequestInputOf } from '@milena/kafka-protocol';
import { errorCode, ZERO_UUID } from '@milena/model';
import { fetched, EVENTS, FakeBroker, testUuid } from './testing/fake-broker';

type FetchInput = RequestInputOf<typeof fetch>;

function request(
  partitions: FetchInput['topics'][number]['partitions'],
  overrides: Partial<FetchInput> = {},
): FetchInput {
  const topics = [{ topic: EVENTS.name, topicId: EVENTS.id, partitions }];
  return { maxWaitMs: 500, minBytes: 1, maxBytes: 1_000_000, topics, ...overrides };
}

const first = { partition: 0, fetchOffset: 3, partitionMaxBytes: 1000 };

describe('Fetch', () => {
  it.each([4, 11, 12, 18])('hands the request on and answers what was read, version %i', async (version) => {
    const broker = new FakeBroker();
    broker.onFetch = ({ entries }) => entries.map((entry) => fetched(entry, Buffer.from('batches')));
    const answer = await broker.answer(fetch, version, request([first]));
    expect(broker.fetches).toEqual([
      {
        maxWaitMs: 500,
        minBytes: 1,
        maxBytes: 1_000_000,
        isolation: 'uncommitted',
        entries: [
          {
            topicPartition: { topic: EVENTS.name, partition: 0 },
            topicId: EVENTS.id,
            fetchOffset: 3,
            currentLeaderEpoch: -1,
            lastFetchedEpoch: -1,
            maxBytes: 1000,
          },
        ],
      },
    ]);
    expect(answer).toMatchObject({ errorCode: 0, sessionId: 0, throttleTimeMs: 0 });
    expect(answer.responses[0]).toMatchObject({
      topic: version < 13 ? EVENTS.name : '',
      topicId: version < 13 ? ZERO_UUID : EVENTS.id,
      partitions: [{ partitionIndex: 0, errorCode: 0, highWatermark: 7, lastStableOffset: 6 }],
    });
    expect(answer.responses[0]?.partitions[0]?.records?.toString()).toBe('batches');
  });

  it.each([4, 12, 18])(
    'never sends null records, with data or without or with an error, version %i',
    async (version) => {
      const answer = await new FakeBroker().answer(fetch, version, request([first, { ...first, partition: 9 }]));
      expect(answer.responses[0]?.partitions.map(({ records }) => records?.length)).toEqual([0, 0]);
    },
  );

  it('asks for committed data and lists the aborted transactions only when the reader wants that', async () => {
    const broker = new FakeBroker();
    broker.onFetch = ({ entries }) =>
      entries.map((entry) => ({ ...fetched(entry), abortedTransactions: [{ producerId: 8, firstOffset: 1 }] }));
    const aborted = async (isolationLevel: number) =>
      (await broker.answer(fetch, 11, request([first], { isolationLevel }))).responses[0]?.partitions[0]
        ?.abortedTransactions;
    expect(await aborted(0)).toBeNull();
    expect(await aborted(1)).toEqual([{ producerId: 8, firstOffset: 1 }]);
    expect(broker.fetches.map(({ isolation }) => isolation)).toEqual(['uncommitted', 'committed']);
  });

  it('answers at once when one partition cannot be read, still reading the others', async () => {
    const broker = new FakeBroker();
    const answer = await broker.answer(
      fetch,
      12,
      request([{ ...first, partition: 9 }, first, { ...first, fetchOffset: -5 }]),
    );
    expect(answer.responses[0]?.partitions.map((partition) => partition.errorCode)).toEqual([
      errorCode('UNKNOWN_TOPIC_OR_PARTITION'),
      0,
      errorCode('OFFSET_OUT_OF_RANGE'),
    ]);
    expect(broker.fetches).toMatchObject([{ maxWaitMs: 0, entries: [{ fetchOffset: 3 }] }]);
  });

  it('keeps an offset beyond every log within what can be counted from', async () => {
    const broker = new FakeBroker();
    await broker.answer(fetch, 11, request([{ ...first, fetchOffset: Number.MAX_SAFE_INTEGER }]));
    const asked = broker.fetches[0]?.entries[0]?.fetchOffset ?? 0;
    expect(asked).toBeGreaterThan(2 ** 52);
    expect(Number.isSafeInteger(asked + 2 ** 32)).toBe(true);
  });

  it('names topics by id from version 13 on', async () => {
    const topics = [{ topicId: testUuid(99), partitions: [first] }];
    const answer = await new FakeBroker().answer(fetch, 13, request([], { topics }));
    expect(answer.responses).toMatchObject([
      { topicId: testUuid(99), partitions: [{ errorCode: errorCode('UNKNOWN_TOPIC_ID') }] },
    ]);
  });

  it('bounds the answer by fetch.max.bytes and never waits for more than fits', async () => {
    const broker = new FakeBroker({ 'fetch.max.bytes': '2048' });
    await broker.answer(fetch, 11, request([first], { minBytes: 1_000_000, maxBytes: 0x7fffffff }));
    expect(broker.fetches).toMatchObject([{ minBytes: 2048, maxBytes: 2048 }]);
  });

  it('answers who asks for a session in full, without one', async () => {
    const answer = await new FakeBroker().answer(fetch, 11, request([first], { sessionEpoch: 0 }));
    expect(answer).toMatchObject({ errorCode: 0, sessionId: 0, responses: [{ partitions: [{ errorCode: 0 }] }] });
  });

  it.each([
    ['of a session that does not exist', { sessionId: 77, sessionEpoch: 3 }, 'FETCH_SESSION_ID_NOT_FOUND'],
    ['without a session', { sessionId: 0, sessionEpoch: 3 }, 'INVALID_FETCH_SESSION_EPOCH'],
  ] as const)('refuses an incremental fetch %s', async (_name, session, error) => {
    const broker = new FakeBroker();
    const answer = await broker.answer(fetch, 11, request([], session));
    expect(answer).toMatchObject({ errorCode: errorCode(error), sessionId: 0, responses: [] });
    expect(broker.fetches).toEqual([]);
  });

  it.each([
    [14, { replicaId: 2 }],
    [15, { replicaState: { replicaId: 2, replicaEpoch: 1 } }],
  ])('refuses a replica, version %i: replicas fetch over gRPC', async (version, replica) => {
    const answer = await new FakeBroker().answer(fetch, version, request([first], replica));
    expect(answer.errorCode).toBe(errorCode('INVALID_REQUEST'));
  });

  it('passes on divergence, and the leader with its endpoint, in tagged fields', async () => {
    const broker = new FakeBroker();
    broker.onFetch = ({ entries }) =>
      entries.map((entry, index) =>
        index === 0
          ? { ...fetched(entry), divergingEpoch: { epoch: 4, endOffset: 2 } }
          : { ...fetched(entry), error: 'FENCED_LEADER_EPOCH', currentLeader: { leaderId: 2, leaderEpoch: 9 } },
      );
    const answer = await broker.answer(fetch, 16, request([first, { ...first, partition: 1 }]));
    expect(answer.responses[0]?.partitions).toMatchObject([
      { divergingEpoch: { epoch: 4, endOffset: 2 }, currentLeader: null },
      { divergingEpoch: null, currentLeader: { leaderId: 2, leaderEpoch: 9 } },
    ]);
    expect(answer.nodeEndpoints).toEqual([{ nodeId: 2, host: 'host2', port: 9092, rack: 'rack2' }]);
  });

  it('does not send zstd to clients from before version 10', async () => {
    const batch = Buffer.alloc(61);
    batch.writeInt32BE(49, 8);
    batch.writeInt8(2, 16);
    batch.writeInt16BE(4, 21);
    const broker = new FakeBroker();
    broker.onFetch = ({ entries }) => entries.map((entry) => fetched(entry, batch));
    const error = async (version: number) =>
      (await broker.answer(fetch, version, request([first]))).responses[0]?.partitions[0]?.errorCode;
    expect(await error(9)).toBe(errorCode('UNSUPPORTED_COMPRESSION_TYPE'));
    expect(await error(10)).toBe(0);
  });
});
