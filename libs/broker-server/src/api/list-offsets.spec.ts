import { listOffsets } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import { EVENTS, FakeBroker } from './testing/fake-broker';

function request(timestamp: number, partitionIndex = 0, isolationLevel = 0) {
  const partitions = [{ partitionIndex, currentLeaderEpoch: 5, timestamp }];
  return { replicaId: -1, isolationLevel, topics: [{ name: EVENTS.name, partitions }], timeoutMs: 1000 };
}

async function answer(broker: FakeBroker, version: number, input: ReturnType<typeof request>) {
  return (await broker.answer(listOffsets, version, input)).topics[0]?.partitions[0];
}

describe('ListOffsets', () => {
  it.each([
    [-1, 1, 'latest'],
    [-2, 1, 'earliest'],
    [-3, 7, 'max-timestamp'],
    [-4, 8, 'earliest'],
    [1234, 1, 1234],
  ])('timestamp %i in version %i asks the log for %s', async (timestamp, version, spec) => {
    const broker = new FakeBroker();
    expect(await answer(broker, version, request(timestamp))).toMatchObject({ errorCode: 0, offset: 42 });
    expect(broker.offsetQueries).toMatchObject([
      { topicPartition: { topic: EVENTS.name, partition: 0 }, topicId: EVENTS.id, spec, isolation: 'uncommitted' },
    ]);
  });

  it.each([
    [-3, 6],
    [-4, 7],
    [-5, 8],
    [-6, 10],
    [-7, 11],
  ])('timestamp %i is not known in version %i', async (timestamp, version) => {
    const broker = new FakeBroker();
    expect(await answer(broker, version, request(timestamp))).toMatchObject({
      errorCode: errorCode('UNSUPPORTED_VERSION'),
      offset: -1,
    });
    expect(broker.offsetQueries).toEqual([]);
  });

  it.each([
    [-5, 9],
    [-6, 11],
  ])('timestamp %i, version %i: nothing is in tiered storage', async (timestamp, version) => {
    const none = { errorCode: 0, timestamp: -1, offset: -1, leaderEpoch: -1 };
    expect(await answer(new FakeBroker(), version, request(timestamp))).toMatchObject(none);
    const fenced = new FakeBroker();
    fenced.onListOffsets = () => ({ error: 'FENCED_LEADER_EPOCH', timestamp: -1, offset: -1, leaderEpoch: -1 });
    expect(await answer(fenced, version, request(timestamp))).toMatchObject({
      errorCode: errorCode('FENCED_LEADER_EPOCH'),
    });
  });

  it('carries leader epoch and isolation to the log and the error back', async () => {
    const broker = new FakeBroker();
    broker.onListOffsets = () => ({ error: 'UNKNOWN_LEADER_EPOCH', timestamp: -1, offset: -1, leaderEpoch: -1 });
    expect(await answer(broker, 4, request(-1, 0, 1))).toMatchObject({ errorCode: errorCode('UNKNOWN_LEADER_EPOCH') });
    expect(broker.offsetQueries).toMatchObject([{ currentLeaderEpoch: 5, isolation: 'committed' }]);
  });

  it.each([
    [5, 'OFFSET_NOT_AVAILABLE'],
    [4, 'LEADER_NOT_AVAILABLE'],
  ] as const)('tells a client of version %i to try again by %s', async (version, error) => {
    const broker = new FakeBroker();
    broker.onListOffsets = () => ({ error: 'OFFSET_NOT_AVAILABLE', timestamp: -1, offset: -1, leaderEpoch: -1 });
    expect(await answer(broker, version, request(-1))).toMatchObject({ errorCode: errorCode(error) });
  });

  it('answers an unknown partition with the error clients retry', async () => {
    expect(await answer(new FakeBroker(), 7, request(-1, 8))).toMatchObject({
      errorCode: errorCode('UNKNOWN_TOPIC_OR_PARTITION'),
    });
  });
});
