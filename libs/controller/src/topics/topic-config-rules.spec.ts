import { resolveServerConfig } from '@milena/config-schema';
import { createDelta, emptyImage, type MetadataImage } from '@milena/metadata';
import { offset } from '@milena/model';
import { topicConfigRules } from './topic-config-rules';

/** An image in which these keys are set for all brokers. */
function imageWith(cluster: Record<string, string>): MetadataImage {
  const delta = createDelta(emptyImage);
  Object.entries(cluster).forEach(([name, value], index) => {
    delta.replay({ type: 'ConfigRecord', resourceType: 'BROKER', resourceName: '', name, value }, offset(index), 1);
  });
  return delta.apply();
}

function rules(server: Record<string, string> = {}, cluster: Record<string, string> = {}) {
  const entries = Object.entries({
    'process.roles': 'controller',
    'node.id': '1',
    'controller.listener.names': 'CONTROLLER',
    ...server,
  });
  const origin = { source: 'file', place: 'test' } as const;
  const resolved = resolveServerConfig(entries.map(([key, text]) => ({ key, text, origin })));
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  return topicConfigRules(imageWith(cluster), resolved.config);
}

function effective(
  name: string,
  entries: Record<string, string>,
  server?: Record<string, string>,
  cluster?: Record<string, string>,
) {
  const line = rules(server, cluster)
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

  it("is effective from the topic, else all brokers', else the controller's own file, else the default", () => {
    expect(effective('min.insync.replicas', { 'min.insync.replicas': '2' })).toEqual(['2', 1]);
    expect(effective('min.insync.replicas', {}, { 'min.insync.replicas': '3' })).toEqual(['3', 4]);
    expect(
      effective('min.insync.replicas', {}, { 'min.insync.replicas': '3' }, { 'min.insync.replicas': '4' }),
    ).toEqual(['4', 3]);
    expect(effective('min.insync.replicas', {})).toEqual(['1', 5]);
  });
});
