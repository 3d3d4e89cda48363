import { describeTopicPartitions, type ResponseOf } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import { AUDIT, EVENTS, FakeBroker } from './testing/fake-broker';

/** All pages, each as `topic:partitions`. */
async function pages(broker: FakeBroker, names: readonly string[], limit: number): Promise<string[]> {
  const seen: string[] = [];
  let cursor: ResponseOf<typeof describeTopicPartitions>['nextCursor'] = null;
  do {
    const topics = names.map((name) => ({ name }));
    const request = { topics, responsePartitionLimit: limit, cursor };
    const answer: ResponseOf<typeof describeTopicPartitions> = await broker.answer(describeTopicPartitions, 0, request);
    seen.push(
      answer.topics
        .map(({ name, partitions }) => `${name}:${partitions.map((p) => p.partitionIndex).join()}`)
        .join(' '),
    );
    cursor = answer.nextCursor;
  } while (cursor !== null && seen.length < 10);
  return seen;
}

describe('DescribeTopicPartitions', () => {
  it('describes partitions with their leader and eligible replicas', async () => {
    const request = { topics: [{ name: EVENTS.name }] };
    const { topics, nextCursor } = await new FakeBroker().answer(describeTopicPartitions, 0, request);
    expect(topics).toMatchObject([{ errorCode: 0, name: EVENTS.name, topicId: EVENTS.id, isInternal: false }]);
    expect(topics[0]?.partitions[1]).toMatchObject({
      errorCode: 0,
      leaderId: 2,
      leaderEpoch: 5,
      replicaNodes: [1, 2, 3],
      isrNodes: [2],
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
      offlineReplicas: [3],
    });
    expect(nextCursor).toBeNull();
  });

  it('goes through all topics in order of name, page by page', async () => {
    expect(await pages(new FakeBroker(), [], 2)).toEqual(['audit:0 events:0', 'events:1,2']);
    expect(await pages(new FakeBroker(), ['events', 'audit', 'events'], 1)).toEqual([
      'audit:0',
      'events:0',
      'events:1',
      'events:2',
    ]);
  });

  it('has at least one partition on a page', async () => {
    expect(await pages(new FakeBroker(), [AUDIT.name], 0)).toEqual(['audit:0']);
  });

  it('goes on with the next topic when the one of the cursor is gone', async () => {
    const cursor = { topicName: 'deleted', partitionIndex: 7 };
    const answer = await new FakeBroker().answer(describeTopicPartitions, 0, { topics: [], cursor });
    expect(answer.topics.map(({ name, partitions }) => [name, partitions.length])).toEqual([['events', 3]]);
  });

  it('says of names it does not know, or that cannot be, which is which', async () => {
    const request = { topics: [{ name: 'missing' }, { name: 'no good' }] };
    const { topics } = await new FakeBroker().answer(describeTopicPartitions, 0, request);
    expect(topics.map((topic) => topic.errorCode)).toEqual([
      errorCode('UNKNOWN_TOPIC_OR_PARTITION'),
      errorCode('INVALID_TOPIC_EXCEPTION'),
    ]);
  });

  it('refuses a cursor before the first partition', async () => {
    const request = { topics: [{ name: EVENTS.name }], cursor: { topicName: EVENTS.name, partitionIndex: -1 } };
    const { topics } = await new FakeBroker().answer(describeTopicPartitions, 0, request);
    expect(topics).toMatchObject([{ errorCode: errorCode('INVALID_REQUEST') }]);
  });

  it('ends a page at a topic that begins just after the limit', async () => {
    const broker = new FakeBroker();
    const request = { topics: [], responsePartitionLimit: 1, cursor: null };
    const { nextCursor } = await broker.answer(describeTopicPartitions, 0, request);
    expect(nextCursor).toEqual({ topicName: EVENTS.name, partitionIndex: 0 });
  });
});
