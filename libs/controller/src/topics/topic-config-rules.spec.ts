import { resolveServerConfig } from '@milena/config-schema';
import { topicConfigRules } from './topic-config-rules';

function rules(server: Record<string, string> = {}) {
  const entries = Object.entries({
    'process.roles': 'controller',
    'node.id': '1',
    'controller.listener.names': 'CONTROLLER',
    ...server,
  });
  const origin = { source: 'file', place: 'test' } as const;
  const resolved = resolveServerConfig(entries.map(([key, text]) => ({ key, text, origin })));
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  return topicConfigRules(resolved.config);
}

function effective(name: string, entries: Record<string, string>, server?: Record<string, string>) {
  const line = rules(server)
    .effective(new Map(Object.entries(entries)))
    .find((each) => each.name === name);
  return line && [line.value, line.source];
}

describe('topic configuration', () => {
  it('is refused with the key that is wrong', () => {
    expect(rules().refusal(new Map([['retention.ms', '5']]))).toBeUndefined();
    expect(rules().refusal(new Map([['retention.mss', '5']]))).toMatchObject({
      code: 'INVALID_CONFIG',
      message: expect.stringContaining('retention.mss'),
    });
    expect(rules().refusal(new Map([['retention.ms', 'long']]))).toMatchObject({ code: 'INVALID_CONFIG' });
  });

  it("is effective from the topic, else the controller's own file, else the default, and says which", () => {
    expect(effective('min.insync.replicas', { 'min.insync.replicas': '2' })).toEqual(['2', 1]);
    expect(effective('min.insync.replicas', {}, { 'min.insync.replicas': '3' })).toEqual(['3', 4]);
    expect(effective('min.insync.replicas', {})).toEqual(['1', 5]);
  });
});
