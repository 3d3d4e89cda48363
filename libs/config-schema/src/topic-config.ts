import { failure, success, type Result } from '@milena/model';
import { TOPIC_KEYS } from './config-tables';
import type { ConfigValue } from './config-value';
import type { KeyDefinition } from './key-definition';
import { nearestKey } from './nearest-key';
import { acceptedText, parseValue } from './parse-value';
import { TOPIC_SYNONYMS } from './topic-synonyms';
import { TypedConfig, type ServerConfig, type TopicConfig } from './typed-config';
import { UNSUPPORTED_TOPIC_KEYS } from './unsupported-keys';

type TopicKey = keyof typeof TOPIC_KEYS;

const definitions = Object.entries<KeyDefinition>(TOPIC_KEYS) as readonly (readonly [TopicKey, KeyDefinition])[];

/** Parsed once: topics are resolved far more often than there are keys. */
const DEFAULTS = Object.fromEntries(
  definitions.map(([key, definition]) => [key, defaultValue(definition)]),
) as Readonly<Record<TopicKey, ConfigValue>>;

/**
 * Checks the keys a topic is created or altered with; INVALID_CONFIG names every bad key and what it accepts. A value of
 * null (Kafka's "use the default") is accepted for every known key.
 */
export function validateTopicConfig(entries: Iterable<readonly [key: string, text: string | null]>): Result<void> {
  const messages: string[] = [];
  const lags = new Map<string, number>();
  for (const [key, text] of entries) {
    const definition = topicKey(key);
    if (definition === undefined) messages.push(unknownTopicKey(key));
    else if (text !== null) {
      const parsed = parseValue(definition, text);
      if (!parsed.ok) messages.push(`${key} ${parsed.message}`);
      else if (typeof parsed.value === 'number') lags.set(key, parsed.value);
    }
  }
  const minLag = lags.get('min.compaction.lag.ms') ?? 0;
  const maxLag = lags.get('max.compaction.lag.ms');
  if (maxLag !== undefined && minLag > maxLag) {
    messages.push('min.compaction.lag.ms must not be greater than max.compaction.lag.ms');
  }
  return messages.length === 0 ? success(undefined) : failure('INVALID_CONFIG', messages.join('; '));
}

/** What a topic key accepts, for error texts and describes; undefined for a key no topic has. */
export function topicKeyAccepts(key: string): string | undefined {
  const definition = topicKey(key);
  return definition === undefined ? undefined : acceptedText(definition);
}

/**
 * Every key of a topic: its own value, else the broker's synonym that was given, else the default. An own value that does
 * not parse (written by a newer version) falls back to the broker's.
 */
export function resolveTopicConfig(own: ReadonlyMap<string, string>, server: ServerConfig): TopicConfig {
  const values = new Map<string, ConfigValue>();
  for (const [key, definition] of definitions) {
    values.set(key, ownValue(key, definition, own) ?? inheritedValue(key, definition, server));
  }
  return new TypedConfig(values);
}

/** Definition of a topic key; own keys only, because names come from clients and every object has a `constructor`. */
export function topicKey(key: string): KeyDefinition | undefined {
  return Object.hasOwn(TOPIC_KEYS, key) ? (TOPIC_KEYS as Record<string, KeyDefinition>)[key] : undefined;
}

function ownValue(key: string, definition: KeyDefinition, own: ReadonlyMap<string, string>): ConfigValue | undefined {
  const text = own.get(key);
  if (text === undefined) return undefined;
  const parsed = parseValue(definition, text);
  return parsed.ok ? { text, parsed: parsed.value, origin: { source: 'topic', place: key } } : undefined;
}

function inheritedValue(key: TopicKey, definition: KeyDefinition, server: ServerConfig): ConfigValue {
  for (const synonym of TOPIC_SYNONYMS[key] ?? []) {
    const text = server.text(synonym.key);
    if (text === undefined || !server.isGiven(synonym.key)) continue;
    const scaled = synonym.factor === 1 || text.startsWith('-') ? text : String(BigInt(text) * BigInt(synonym.factor));
    const parsed = parseValue(definition, scaled);
    if (parsed.ok) return { text: scaled, parsed: parsed.value, origin: { source: 'broker', place: synonym.key } };
  }
  return DEFAULTS[key];
}

function defaultValue(definition: KeyDefinition): ConfigValue {
  const text = definition.default;
  const parsed = text === undefined ? undefined : parseValue(definition, text);
  return {
    text,
    parsed: parsed?.ok === true ? parsed.value : undefined,
    origin: { source: 'default', place: 'default' },
  };
}

function unknownTopicKey(key: string): string {
  if (UNSUPPORTED_TOPIC_KEYS.includes(key)) return `${key} is not supported yet`;
  const nearest = nearestKey(
    key,
    definitions.map(([name]) => name),
  );
  return nearest === undefined ? `unknown topic key ${key}` : `unknown topic key ${key}, did you mean ${nearest}?`;
}
