import { resolveTopicConfig, TOPIC_KEYS, validateTopicConfig, type ServerConfig } from '@milena/config-schema';
import type { TopicConfigLine, TopicConfigRules } from './create-topics';

/** Kafka's numbers of where a config value comes from (ConfigSource). */
const SOURCE = { topic: 1, broker: 4, default: 5 } as const;

/** Topic configuration as the table of @milena/config-schema and this node's own configuration have it. */
export function topicConfigRules(server: ServerConfig): TopicConfigRules {
  const keys = Object.keys(TOPIC_KEYS) as (keyof typeof TOPIC_KEYS)[];
  return {
    refusal(entries) {
      const checked = validateTopicConfig(entries);
      return checked.ok ? undefined : checked.error;
    },
    effective(entries) {
      const config = resolveTopicConfig(entries, server);
      return keys.map((name): TopicConfigLine => {
        const { source } = config.origin(name);
        return {
          name,
          value: config.text(name),
          readOnly: false,
          source: source === 'topic' ? SOURCE.topic : source === 'default' ? SOURCE.default : SOURCE.broker,
          sensitive: false,
        };
      });
    },
  };
}
