import { NO_OFFSET } from '@milena/model';
import { idNamed, Scenario } from '../testing/scenario';
import { deleteTopics, type TopicReference } from './delete-topics';

function setUp(defaults = {}) {
  const scenario = new Scenario(defaults);
  scenario.start(1);
  scenario.createTopics([{ name: 'a', configs: [{ name: 'k', value: 'v' }] }, { name: 'b' }]);
  const remove = (...topics: TopicReference[]) =>
    scenario.commit(deleteTopics(scenario.image, { principal: 'User:alice', topics, timeoutMs: 1 }, scenario));
  const idOf = (name: string) => scenario.image.topicByName(name)!.id;
  return { scenario, remove, idOf };
}

describe('deleting topics', () => {
  it('deletes by name and by id, and answers with both', () => {
    const { scenario, remove, idOf } = setUp();
    const ids = [idOf('a'), idOf('b')];
    const { topics, metadataOffset } = remove({ name: 'a' }, { topicId: ids[1]! });
    expect(topics).toMatchObject([
      { name: 'a', topicId: ids[0], result: { ok: true } },
      { name: 'b', topicId: ids[1], result: { ok: true } },
    ]);
    expect(metadataOffset).toBe(scenario.image.provenance.offset);
    expect(scenario.image.topicCount).toBe(0);
    expect([...scenario.image.configuredResources()]).toEqual([]);
  });

  it('lets a name be used again at once, with another id', () => {
    const { scenario, remove, idOf } = setUp();
    const before = idOf('a');
    remove({ name: 'a' });
    scenario.createTopics([{ name: 'a' }]);
    expect(idOf('a')).not.toBe(before);
  });

  it('refuses what it does not know, or what is said badly, and deletes the rest', () => {
    const { scenario, remove, idOf } = setUp();
    const { topics } = remove(
      { name: 'nosuch' },
      { topicId: idNamed('nosuch') },
      {},
      { name: 'a', topicId: idOf('a') },
      { name: 'a' },
      { topicId: idOf('a') },
    );
    expect(topics.map(({ result }) => (result.ok ? 'ok' : result.error.code))).toEqual([
      'UNKNOWN_TOPIC_OR_PARTITION',
      'UNKNOWN_TOPIC_ID',
      'INVALID_REQUEST',
      'INVALID_REQUEST',
      'ok',
      'INVALID_REQUEST',
    ]);
    expect([...scenario.image.topics()].map(({ name }) => name)).toEqual(['b']);
  });

  it('deletes nothing when deletion is disabled', () => {
    const { remove } = setUp({ deleteTopicEnable: false });
    const { topics, metadataOffset } = remove({ name: 'a' });
    expect(topics).toMatchObject([{ name: 'a', result: { error: { code: 'TOPIC_DELETION_DISABLED' } } }]);
    expect(metadataOffset).toBe(NO_OFFSET);
  });
});
