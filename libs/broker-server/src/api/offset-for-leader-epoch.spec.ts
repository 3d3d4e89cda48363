import { offsetForLeaderEpoch } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import { EVENTS, FakeBroker } from './testing/fake-broker';

describe('OffsetForLeaderEpoch', () => {
  it.each([2, 3, 4])('answers where the epoch ends, version %i', async (version) => {
    const broker = new FakeBroker();
    const partitions = [1, 9].map((partition) => ({ partition, currentLeaderEpoch: 5, leaderEpoch: 4 }));
    const { topics } = await broker.answer(offsetForLeaderEpoch, version, {
      topics: [{ topic: EVENTS.name, partitions }],
    });
    expect(topics).toEqual([
      {
        topic: EVENTS.name,
        partitions: [
          { partition: 1, errorCode: 0, leaderEpoch: 4, endOffset: 9 },
          { partition: 9, errorCode: errorCode('UNKNOWN_TOPIC_OR_PARTITION'), leaderEpoch: -1, endOffset: -1 },
        ],
      },
    ]);
    expect(broker.epochQueries).toEqual([
      { topicPartition: { topic: EVENTS.name, partition: 1 }, currentLeaderEpoch: 5, leaderEpoch: 4 },
    ]);
  });
});
