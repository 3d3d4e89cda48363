import { invariant } from '@milena/model';
import type { SERVER_KEYS, TOPIC_KEYS } from './config-tables';
import type { ConfigOrigin, ConfigValue } from './config-value';
import type { KeyOfType, KeyTable, Present } from './key-definition';

/**
 * Checked values by key. Each accessor takes only keys of its type, and is undefined only for a key that has neither a
 * default nor to be given. Longs beyond 2^53 read as Number.MAX_SAFE_INTEGER; `text` gives them faithfully.
 */
export class TypedConfig<Table extends KeyTable> {
  readonly #values: ReadonlyMap<string, ConfigValue>;

  constructor(values: ReadonlyMap<string, ConfigValue>) {
    this.#values = values;
  }

  /** A number of type int, long or double. */
  number<Key extends KeyOfType<Table, 'int' | 'long' | 'double'>>(key: Key): Present<Table[Key], number> {
    return this.#parsed(key) as Present<Table[Key], number>;
  }

  boolean<Key extends KeyOfType<Table, 'boolean'>>(key: Key): Present<Table[Key], boolean> {
    return this.#parsed(key) as Present<Table[Key], boolean>;
  }

  /** A text or one of an enum's values. */
  string<Key extends KeyOfType<Table, 'string' | 'enum'>>(key: Key): Present<Table[Key], string> {
    return this.#parsed(key) as Present<Table[Key], string>;
  }

  list<Key extends KeyOfType<Table, 'list'>>(key: Key): Present<Table[Key], readonly string[]> {
    return this.#parsed(key) as Present<Table[Key], readonly string[]>;
  }

  /** The value's text, for any key. */
  text<Key extends keyof Table & string>(key: Key): Present<Table[Key], string> {
    return this.#value(key).text as Present<Table[Key], string>;
  }

  origin(key: keyof Table & string): ConfigOrigin {
    return this.#value(key).origin;
  }

  /** Whether somebody gave the key, rather than its default. */
  isGiven(key: keyof Table & string): boolean {
    return this.#value(key).origin.source !== 'default';
  }

  /** The same configuration with other values for some keys. */
  with(values: ReadonlyMap<string, ConfigValue>): TypedConfig<Table> {
    return values.size === 0 ? this : new TypedConfig(new Map([...this.#values, ...values]));
  }

  #parsed(key: string): ConfigValue['parsed'] {
    return this.#value(key).parsed;
  }

  #value(key: string): ConfigValue {
    const value = this.#values.get(key);
    invariant(value !== undefined, 'key is not in the configuration table', { key });
    return value;
  }
}

/** The configuration of a process. */
export type ServerConfig = TypedConfig<typeof SERVER_KEYS>;

/** The configuration of one topic, every key resolved. */
export type TopicConfig = TypedConfig<typeof TOPIC_KEYS>;
