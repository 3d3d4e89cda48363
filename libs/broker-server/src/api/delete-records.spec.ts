import { deleteRecords } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import { AUDIT, EVENTS, FakeBroker, testUuid, topicRecords } from './testing/fake-broker';

describe('DeleteRecords', () => {
  it('asks the log for partitions that exist, and tells where they begin now', async () => {
    const broker = new FakeBroker();
    const topics = [
      {
        name: EVENTS.name,
        partitions: [
          { partitionIndex: 0, offset: 5 },
          { partitionIndex: 9, offset: 5 },
        ],
      },
      { name: AUDIT.name, partitions: [{ partitionIndex: 0, offset: -1 }] },
    ];
    const answer = await broker.answer(deleteRecords, 2, { topics, timeoutMs: 900 });
    const unknown = errorCode('UNKNOWN_TOPIC_OR_PARTITION');
    expect(answer.topics).toMatchObject([
      {
        partitions: [
          { errorCode: 0, lowWatermark: 5 },
          { errorCode: unknown, lowWatermark: -1 },
        ],
      },
      { partitions: [{ errorCode: 0, lowWatermark: 5 }] },
    ]);
    expect(broker.deletions).toEqual([
      { topicPartition: { topic: EVENTS.name, partition: 0 }, before: 5 },
      { topicPartition: { topic: AUDIT.name, partition: 0 }, before: 'high-watermark' },
    ]);
  });

  it('leaves topics alone that are compacted only, or internal', async () => {
    const broker = new FakeBroker();
    const entry = { name: 'cleanup.policy', value: 'compact' };
    broker.commit([{ type: 'ConfigRecord', resourceType: 'TOPIC', resourceName: AUDIT.name, ...entry }]);
    broker.commit(topicRecords({ name: '__consumer_offsets', id: testUuid(60) }, [1]));
    const partitions = [{ partitionIndex: 0, offset: 5 }];
    const topics = [AUDIT.name, '__consumer_offsets'].map((name) => ({ name, partitions }));
    const answer = await broker.answer(deleteRecords, 0, { topics, timeoutMs: 900 });
    expect(answer.topics).toMatchObject([
      { partitions: [{ errorCode: errorCode('POLICY_VIOLATION') }] },
      { partitions: [{ errorCode: errorCode('INVALID_TOPIC_EXCEPTION') }] },
    ]);
    expect(broker.deletions).toEqual([]);
  });
});
