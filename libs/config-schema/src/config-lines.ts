import { SERVER_KEYS, TOPIC_KEYS } from './config-tables';
import type { KeyDefinition, ValueType } from './key-definition';
import { parseValue } from './parse-value';
import { dynamicKey, layeredServerConfig, serverKey, type ServerConfigLayers } from './server-config-layers';
import { resolveTopicConfig } from './topic-config';
import { TOPIC_SYNONYMS } from './topic-synonyms';

/** Kafka's numbers of where a value comes from (ConfigSource), the highest precedence first. */
export const CONFIG_SOURCES = { topic: 1, broker: 2, cluster: 3, static: 4, default: 5 } as const;

const NOT_OF_BROKERS: readonly KeyDefinition['scope'][] = ['gateway', 'zookeeper'];

/** Where a value comes from: set on the topic, on the broker, for all brokers, at the start of the process, or nowhere. */
export type ConfigSource = keyof typeof CONFIG_SOURCES;

/** One of the values that are considered for a key. */
export interface ConfigSynonym {
  /** The key it was given under, which for a topic's key may be a broker's. */
  readonly name: string;
  /** Undefined when it must not be shown. */
  readonly value: string | undefined;
  readonly source: ConfigSource;
}

/** A key with the value in force and where it comes from, for describing. */
export interface ConfigLine {
  readonly name: string;
  /** Undefined when the key has no value or a secret one. */
  readonly value: string | undefined;
  readonly source: ConfigSource;
  /** Whether it can only be changed by a restart. */
  readonly readOnly: boolean;
  readonly sensitive: boolean;
  readonly type: ValueType;
  readonly doc: string;
  /** Every value that was considered, the winning one first. */
  readonly synonyms: readonly ConfigSynonym[];
}

/** All keys of a topic; `own` is what was set on it. */
export function topicConfigLines(own: ReadonlyMap<string, string>, layers: ServerConfigLayers): readonly ConfigLine[] {
  const config = resolveTopicConfig(own, layeredServerConfig(layers));
  const keys = Object.keys(TOPIC_KEYS) as (keyof typeof TOPIC_KEYS)[];
  return keys.map((name) => {
    const definition: KeyDefinition = TOPIC_KEYS[name];
    const inherited = (TOPIC_SYNONYMS[name] ?? []).flatMap((synonym) => serverSynonyms(synonym.key, layers));
    const text = own.get(name);
    const synonyms =
      text !== undefined && parseValue(definition, text).ok
        ? [{ name, value: text, source: 'topic' as const }, ...inherited]
        : inherited;
    return line(name, definition, config.text(name), synonyms);
  });
}

/** All keys of a broker; those that only gateways and shims read are none of them. */
export function brokerConfigLines(layers: ServerConfigLayers): readonly ConfigLine[] {
  const config = layeredServerConfig(layers);
  const all = Object.keys(SERVER_KEYS) as (keyof typeof SERVER_KEYS)[];
  const keys = all.filter((name) => !NOT_OF_BROKERS.includes(SERVER_KEYS[name].scope));
  return keys.map((name) => line(name, SERVER_KEYS[name], config.text(name), serverSynonyms(name, layers)));
}

/** What was set for all brokers, and nothing else: Kafka's default broker resource. */
export function clusterConfigLines(cluster: ReadonlyMap<string, string>): readonly ConfigLine[] {
  return [...cluster].flatMap(([name, value]) => {
    const definition = serverKey(name);
    if (definition === undefined) return [];
    return [line(name, definition, value, [{ name, value, source: 'cluster' }])];
  });
}

function line(
  name: string,
  definition: KeyDefinition,
  value: string | undefined,
  synonyms: readonly ConfigSynonym[],
): ConfigLine {
  const { type, doc, update, sensitive = false } = definition;
  return {
    name,
    value: sensitive ? undefined : value,
    source: synonyms[0]?.source ?? 'default',
    readOnly: update === 'read-only',
    sensitive,
    type,
    doc,
    synonyms: sensitive ? synonyms.map((synonym) => ({ ...synonym, value: undefined })) : synonyms,
  };
}

/** The values a server key was given, the winning one first. */
function serverSynonyms(
  name: keyof typeof SERVER_KEYS,
  { server, cluster, broker }: ServerConfigLayers,
): readonly ConfigSynonym[] {
  const definition: KeyDefinition = SERVER_KEYS[name];
  const synonyms: ConfigSynonym[] = [];
  for (const [source, entries] of [
    ['broker', broker],
    ['cluster', cluster],
  ] as const) {
    const value = entries.get(name);
    const isInForce = value !== undefined && dynamicKey(name) !== undefined && parseValue(definition, value).ok;
    if (isInForce) synonyms.push({ name, value, source });
  }
  if (server.isGiven(name)) synonyms.push({ name, value: server.text(name), source: 'static' });
  if (definition.default !== undefined) synonyms.push({ name, value: definition.default, source: 'default' });
  return synonyms;
}
