import { CONFIG_SOURCES, topicConfigLines, validateTopicConfig, type ServerConfig } from '@milena/config-schema';
import type { MetadataImage } from '@milena/metadata';
import type { TopicConfigRules } from './create-topics';

/** Topic configuration as the table of @milena/config-schema, this node's own and the cluster's configuration have it. */
export function topicConfigRules(image: MetadataImage, server: ServerConfig): TopicConfigRules {
  const cluster = image.config({ type: 'BROKER', name: '' });
  return {
    refusal(entries) {
      const checked = validateTopicConfig(entries);
      return checked.ok ? undefined : checked.error;
    },
    effective: (entries) =>
      topicConfigLines(entries, { server, cluster, broker: new Map() }).map(({ source, ...line }) => ({
        name: line.name,
        value: line.value,
        readOnly: line.readOnly,
        source: CONFIG_SOURCES[source],
        sensitive: line.sensitive,
      })),
  };
}
