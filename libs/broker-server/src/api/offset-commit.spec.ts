import type { CommitOffsetsRequest } from '@milena/coordinator';
import { offsetCommit } from '@milena/kafka-protocol';
import { errorCode, type ErrorName } from '@milena/model';
import { AUDIT, EVENTS, FakeBroker, testUuid } from './testing/fake-broker';

const MEMBER = { groupId: 'g', generationIdOrMemberEpoch: 3, memberId: 'm1' };

function broker(error: ErrorName = 'NONE') {
  const fake = new FakeBroker();
  const asked: CommitOffsetsRequest[] = [];
  fake.groups = {
    commitOffsets: (request) => {
      asked.push(request);
      const topics = request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({ partition, error })),
      }));
      return Promise.resolve({ topics });
    },
  };
  return { fake, asked };
}

function commitOf(partitionIndex: number) {
  return { partitionIndex, committedOffset: 40 + partitionIndex, committedMetadata: null };
}

describe('OffsetCommit', () => {
  it('commits what exists and refuses the rest, in the order of the request', async () => {
    const { fake, asked } = broker();
    const topics = [
      { name: 'nosuch', partitions: [commitOf(0)] },
      { name: EVENTS.name, partitions: [commitOf(9), commitOf(1)] },
    ];
    const answer = await fake.answer(offsetCommit, 8, { ...MEMBER, groupInstanceId: 'static', topics });
    const unknown = errorCode('UNKNOWN_TOPIC_OR_PARTITION');
    expect(answer.topics).toMatchObject([
      { name: 'nosuch', partitions: [{ partitionIndex: 0, errorCode: unknown }] },
      {
        name: EVENTS.name,
        partitions: [
          { partitionIndex: 9, errorCode: unknown },
          { partitionIndex: 1, errorCode: 0 },
        ],
      },
    ]);
    const partitions = [{ partition: 1, offset: 41, leaderEpoch: -1, metadata: '' }];
    const committed = { groupId: 'g', generationId: 3, memberId: 'm1', topics: [{ topic: EVENTS.name, partitions }] };
    expect(asked).toEqual([{ ...committed, groupInstanceId: 'static' }]);
  });

  it('asks nobody when nothing exists', async () => {
    const { fake, asked } = broker();
    await fake.answer(offsetCommit, 8, { ...MEMBER, topics: [{ name: 'nosuch', partitions: [commitOf(0)] }] });
    expect(asked).toEqual([]);
  });

  it('names topics by id in version 10', async () => {
    const { fake, asked } = broker();
    const topics = [
      { topicId: AUDIT.id, partitions: [commitOf(0)] },
      { topicId: testUuid(99), partitions: [commitOf(0)] },
    ];
    const answer = await fake.answer(offsetCommit, 10, { ...MEMBER, topics });
    expect(answer.topics).toMatchObject([
      { topicId: AUDIT.id, partitions: [{ errorCode: 0 }] },
      { topicId: testUuid(99), partitions: [{ errorCode: errorCode('UNKNOWN_TOPIC_ID') }] },
    ]);
    expect(asked[0]?.topics).toMatchObject([{ topic: AUDIT.name }]);
  });

  it('hands on the retention time of old versions, unless it is the default', async () => {
    const { fake, asked } = broker();
    const topics = [{ name: AUDIT.name, partitions: [commitOf(0)] }];
    await fake.answer(offsetCommit, 2, { ...MEMBER, retentionTimeMs: 5000, topics });
    await fake.answer(offsetCommit, 4, { ...MEMBER, topics });
    expect(asked[0]).toMatchObject({ retentionTimeMs: 5000 });
    expect(asked[1]).not.toHaveProperty('retentionTimeMs');
  });

  it('calls a missing group an old generation before version 9', async () => {
    const { fake } = broker('GROUP_ID_NOT_FOUND');
    const topics = [{ name: AUDIT.name, topicId: AUDIT.id, partitions: [commitOf(0)] }];
    const errorIn = async (version: number) =>
      (await fake.answer(offsetCommit, version, { ...MEMBER, topics })).topics[0]?.partitions[0]?.errorCode;
    expect(await errorIn(8)).toBe(errorCode('ILLEGAL_GENERATION'));
    expect(await errorIn(9)).toBe(errorCode('GROUP_ID_NOT_FOUND'));
  });
});
