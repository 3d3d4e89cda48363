import { deleteTopicsRpc } from '@milena/cluster-protocol';
import { deleteTopics } from '@milena/kafka-protocol';
import { errorCode, failure, success, ZERO_UUID } from '@milena/model';
import { AUDIT, EVENTS, FakeBroker, testUuid } from './testing/fake-broker';

describe('DeleteTopics', () => {
  it('names topics before version 6, and waits until they are gone from its own image', async () => {
    const broker = new FakeBroker();
    broker.onController = () => {
      const metadataOffset = broker.commit([{ type: 'RemoveTopicRecord', topicId: EVENTS.id }]);
      const topics = [{ name: EVENTS.name, topicId: EVENTS.id, result: success(null) }];
      return { ok: true, value: deleteTopicsRpc.encodeResponse({ topics, metadataOffset }) };
    };
    const answer = await broker.answer(deleteTopics, 5, { topicNames: [EVENTS.name], timeoutMs: 900 });
    expect(deleteTopicsRpc.decodeRequest(broker.controllerCalls[0]!.request)).toMatchObject({
      principal: 'User:alice',
      topics: [{ name: EVENTS.name }],
      timeoutMs: 900,
    });
    expect(answer.responses).toMatchObject([{ name: EVENTS.name, errorCode: 0, errorMessage: null }]);
    expect(broker.awaited).toEqual([broker.image.provenance.offset]);
  });

  it('names topics by name or id in version 6', async () => {
    const broker = new FakeBroker();
    broker.onController = (_method, bytes) => {
      const topics = deleteTopicsRpc
        .decodeRequest(bytes)
        .topics.map((topic) => ({ ...topic, result: failure('UNKNOWN_TOPIC_ID', 'no such topic') }));
      return { ok: true, value: deleteTopicsRpc.encodeResponse({ topics, metadataOffset: -1 as never }) };
    };
    const topics = [
      { name: AUDIT.name, topicId: ZERO_UUID },
      { name: null, topicId: testUuid(99) },
    ];
    const answer = await broker.answer(deleteTopics, 6, { topics, timeoutMs: 900 });
    const refused = { errorCode: errorCode('UNKNOWN_TOPIC_ID'), errorMessage: 'no such topic' };
    expect(answer.responses).toMatchObject([
      { name: AUDIT.name, topicId: ZERO_UUID, ...refused },
      { name: null, topicId: testUuid(99), ...refused },
    ]);
  });

  it('answers a retriable error for each topic while no controller can be reached', async () => {
    const answer = await new FakeBroker().answer(deleteTopics, 1, { topicNames: ['a', 'b'], timeoutMs: 900 });
    const error = errorCode('NOT_CONTROLLER');
    expect(answer.responses).toMatchObject([
      { name: 'a', errorCode: error },
      { name: 'b', errorCode: error },
    ]);
  });
});
