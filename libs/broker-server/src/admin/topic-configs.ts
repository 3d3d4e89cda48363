import type { BrokerListTopicConfigsResponse } from '@milena/cluster-protocol';
import { CONFIG_SOURCES, topicConfigLines } from '@milena/config-schema';
import { failure, success, type Result } from '@milena/model';
import type { BrokerContext } from '../broker-context';
import { serverConfigLayers } from '../server-config-layers';

/** Every key of a topic with the value in force at this broker, by key. */
export function topicConfigs(
  { image, config }: Pick<BrokerContext, 'image' | 'config'>,
  topic: string,
): Result<BrokerListTopicConfigsResponse> {
  const newest = image();
  if (newest.topicByName(topic) === undefined) return failure('UNKNOWN_TOPIC_OR_PARTITION', `no topic '${topic}'`);
  const own = newest.config({ type: 'TOPIC', name: topic });
  const lines = topicConfigLines(own, serverConfigLayers(newest, config));
  const configs = lines.map(({ name, value, source }) => ({ key: name, value, source: CONFIG_SOURCES[source] }));
  return success({ configs: configs.sort((left, right) => (left.key < right.key ? -1 : 1)) });
}
