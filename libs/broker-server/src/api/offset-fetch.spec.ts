import type { FetchOffsetsRequest, FetchOffsetsResponse } from '@milena/coordinator';
import { offsetFetch } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import { AUDIT, EVENTS, FakeBroker, testUuid } from './testing/fake-broker';

const COMMITTED = { partition: 0, offset: 42, leaderEpoch: 5, metadata: 'm', error: 'NONE' as const };
const SHOWN = { partitionIndex: 0, committedOffset: 42, metadata: 'm', errorCode: 0 };

function broker(response: FetchOffsetsResponse) {
  const fake = new FakeBroker();
  const asked: FetchOffsetsRequest[] = [];
  fake.groups = {
    fetchOffsets: (request) => {
      asked.push(request);
      return Promise.resolve(response);
    },
  };
  return { fake, asked };
}

const found = (topic = AUDIT.name): FetchOffsetsResponse => ({
  error: 'NONE',
  topics: [{ topic, partitions: [COMMITTED] }],
});
const LOADING: FetchOffsetsResponse = { error: 'COORDINATOR_LOAD_IN_PROGRESS', topics: [] };

describe('OffsetFetch of one group', () => {
  it('answers the partitions asked for', async () => {
    const { fake, asked } = broker(found());
    const topics = [{ name: AUDIT.name, partitionIndexes: [0] }];
    expect(await fake.answer(offsetFetch, 1, { groupId: 'g', topics })).toMatchObject({
      topics: [{ name: AUDIT.name, partitions: [{ ...SHOWN, committedLeaderEpoch: -1 }] }],
    });
    expect(await fake.answer(offsetFetch, 7, { groupId: 'g', topics })).toMatchObject({
      topics: [{ name: AUDIT.name, partitions: [{ ...SHOWN, committedLeaderEpoch: 5 }] }],
      errorCode: 0,
    });
    expect(asked[0]).toEqual({ groupId: 'g', topics: [{ topic: AUDIT.name, partitions: [0] }] });
  });

  it('answers everything when no topics are named, topics that are gone too', async () => {
    const { fake, asked } = broker(found('gone'));
    expect(await fake.answer(offsetFetch, 2, { groupId: 'g', topics: null })).toMatchObject({
      topics: [{ name: 'gone', partitions: [SHOWN] }],
    });
    expect(asked).toEqual([{ groupId: 'g' }]);
  });

  it('fails as a whole, before version 2 in every partition', async () => {
    const { fake } = broker(LOADING);
    const code = errorCode('COORDINATOR_LOAD_IN_PROGRESS');
    const request = { groupId: 'g', topics: [{ name: AUDIT.name, partitionIndexes: [0, 1] }] };
    expect(await fake.answer(offsetFetch, 2, request)).toMatchObject({ topics: [], errorCode: code });
    expect((await fake.answer(offsetFetch, 1, request)).topics).toMatchObject([
      { partitions: [{ errorCode: code, committedOffset: -1 }, { errorCode: code }] },
    ]);
  });
});

describe('OffsetFetch of several groups', () => {
  it('answers each', async () => {
    const { fake, asked } = broker(found());
    const groups = [
      { groupId: 'g', topics: [{ name: AUDIT.name, partitionIndexes: [0] }] },
      { groupId: 'h', topics: null },
    ];
    const answer = await fake.answer(offsetFetch, 8, { groups });
    expect(answer.groups).toMatchObject([
      { groupId: 'g', errorCode: 0, topics: [{ name: AUDIT.name, partitions: [SHOWN] }] },
      { groupId: 'h', errorCode: 0, topics: [{ name: AUDIT.name, partitions: [SHOWN] }] },
    ]);
    expect(asked.map(({ groupId }) => groupId)).toEqual(['g', 'h']);
  });

  it('names topics by id in version 10', async () => {
    const { fake } = broker({ error: 'NONE', topics: [...found().topics, ...found('gone').topics] });
    const topics = [
      { topicId: AUDIT.id, partitionIndexes: [0] },
      { topicId: testUuid(99), partitionIndexes: [3] },
    ];
    const groups = [
      { groupId: 'g', topics },
      { groupId: 'h', topics: null },
    ];
    const answer = await fake.answer(offsetFetch, 10, { groups });
    expect(answer.groups).toMatchObject([
      {
        topics: [
          { topicId: AUDIT.id, partitions: [SHOWN] },
          { topicId: testUuid(99), partitions: [{ partitionIndex: 3, errorCode: errorCode('UNKNOWN_TOPIC_ID') }] },
        ],
      },
      { topics: [{ topicId: AUDIT.id, partitions: [SHOWN] }] },
    ]);
    expect(answer.groups[1]?.topics).toHaveLength(1);
  });

  it('carries the error of each', async () => {
    const { fake } = broker(LOADING);
    const groups = [{ groupId: 'g', topics: [{ name: EVENTS.name, partitionIndexes: [0] }] }];
    expect((await fake.answer(offsetFetch, 9, { groups })).groups).toMatchObject([
      { groupId: 'g', errorCode: errorCode('COORDINATOR_LOAD_IN_PROGRESS'), topics: [] },
    ]);
  });
});
