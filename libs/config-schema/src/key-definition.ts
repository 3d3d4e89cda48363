/** How the text of a key is read. `long` is Kafka's 64-bit integer: its text is kept, its number saturates. */
export type ValueType = 'boolean' | 'int' | 'long' | 'double' | 'string' | 'enum' | 'list';

/** What a running server does with a changed value: Kafka's three update modes. */
export type UpdateMode = 'read-only' | 'per-broker' | 'cluster-wide';

/** Everything known of one configuration key. Texts are as a properties file writes them. */
export interface KeyDefinition {
  readonly type: ValueType;
  /** Text of the default. Absent: the key has none, and reads as undefined unless it is `required`. */
  readonly default?: string;
  /** Set where a server cannot start without the key. */
  readonly required?: true;
  /** Smallest number allowed. */
  readonly min?: number;
  /** Largest number allowed. */
  readonly max?: number;
  /** The only texts allowed, of an enum or of each item of a list. */
  readonly values?: readonly string[];
  readonly unit?: 'milliseconds' | 'minutes' | 'hours' | 'bytes';
  /** Who reads the key: `both` are broker and controller, `all` every role. */
  readonly scope: 'broker' | 'controller' | 'both' | 'gateway' | 'zookeeper' | 'all' | 'topic';
  readonly update: UpdateMode;
  /** Set where the value must never be shown. */
  readonly sensitive?: true;
  /** One or two sentences for docs/configuration.md. */
  readonly doc: string;
  /** Why our default or meaning differs from Kafka's, where it does. */
  readonly differs?: string;
}

/** Definitions by key. */
export type KeyTable = Readonly<Record<string, KeyDefinition>>;

/** Keys of a table whose type is one of `Type`. */
export type KeyOfType<Table extends KeyTable, Type extends ValueType> = {
  [Key in keyof Table & string]: Table[Key]['type'] extends Type ? Key : never;
}[keyof Table & string];

/** `Value`, or undefined too where the key has neither a default nor to be given. */
export type Present<Definition extends KeyDefinition, Value> = Definition extends
  { readonly default: string } | { readonly required: true }
  ? Value
  : Value | undefined;
