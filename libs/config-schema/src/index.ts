export type { KeyDefinition, KeyOfType, KeyTable, Present, UpdateMode, ValueType } from './key-definition';
export { SERVER_KEYS, TOPIC_KEYS } from './config-tables';
export { problemText, type ConfigEntry, type ConfigOrigin, type ConfigProblem, type ConfigValue } from './config-value';
export { TypedConfig, type ServerConfig, type TopicConfig } from './typed-config';
export { resolveServerConfig, type ResolvedServerConfig } from './resolve-server-config';
export { resolveTopicConfig, topicKey, topicKeyAccepts, validateTopicConfig } from './topic-config';
export { TOPIC_SYNONYMS, type TopicSynonym } from './topic-synonyms';
export { acceptedText, parseValue, type ParsedText } from './parse-value';
export { nearestKey } from './nearest-key';
export { renderConfiguration } from './render-configuration';
export { isUnsupportedKey, UNSUPPORTED_KEYS, UNSUPPORTED_TOPIC_KEYS } from './unsupported-keys';
export { validateBrokerConfig } from './broker-config-rules';
export { layeredServerConfig, serverKey, type ServerConfigLayers } from './server-config-layers';
export {
  brokerConfigLines,
  clusterConfigLines,
  CONFIG_SOURCES,
  topicConfigLines,
  type ConfigLine,
  type ConfigSource,
  type ConfigSynonym,
} from './config-lines';
