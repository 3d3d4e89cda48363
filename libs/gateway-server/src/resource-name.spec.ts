import { parseBrokerName, parseGroupName, parseTopicConfigName, parseTopicName } from './resource-name';

describe('resource names', () => {
  it('name things by their kind', () => {
    expect(parseTopicName('topics/a.b-c', 'name')).toMatchObject({ value: 'a.b-c' });
    expect(parseBrokerName('brokers/12', 'name')).toMatchObject({ value: 12 });
    expect(parseGroupName('groups/a/b c', 'name')).toMatchObject({ value: 'a/b c' });
    expect(parseTopicConfigName('topics/t/configs/k', 'name')).toMatchObject({ value: { topic: 't', key: 'k' } });
  });

  it.each<[(text: string, field: string) => { ok: boolean }, string]>([
    [parseTopicName, ''],
    [parseTopicName, 'orders'],
    [parseTopicName, 'topics/'],
    [parseTopicName, 'topics/a/b'],
    [parseTopicName, 'groups/a'],
    [parseTopicName, `topics/${'a'.repeat(5000)}`],
    [parseBrokerName, 'brokers/-1'],
    [parseBrokerName, 'brokers/x'],
    [parseBrokerName, 'brokers/4294967296'],
    [parseGroupName, 'groups/'],
    [parseTopicConfigName, 'topics/t/configs/'],
    [parseTopicConfigName, 'topics/t/configs/a/b'],
    [parseTopicConfigName, 'topics/t'],
  ])('%p refuses %p and says which field', (parse, text) => {
    expect(parse(text, 'parent')).toMatchObject({
      ok: false,
      error: { code: 'INVALID_REQUEST', violations: [{ field: 'parent' }] },
    });
  });
});
