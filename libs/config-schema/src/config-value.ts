/** Where a value comes from: the words of Kafka's ConfigSource that apply, and the place to show in messages. */
export interface ConfigOrigin {
  readonly source: 'default' | 'file' | 'environment' | 'command line' | 'topic' | 'broker' | 'dynamic';
  /** `server.properties:12`, `environment KAFKA_LOG_DIRS`, `--set`, or the key a topic's value was inherited from, `cluster` or `broker`. */
  readonly place: string;
}

/** One key as somebody wrote it. */
export interface ConfigEntry {
  readonly key: string;
  readonly text: string;
  readonly origin: ConfigOrigin;
}

/** A key's value, checked. */
export interface ConfigValue {
  /** The text as written, trimmed: the only faithful form of a long beyond 2^53. Undefined: the key has no value. */
  readonly text: string | undefined;
  /** The value in its type; a long beyond 2^53 saturates at Number.MAX_SAFE_INTEGER. */
  readonly parsed: boolean | number | string | readonly string[] | undefined;
  readonly origin: ConfigOrigin;
}

/** Something wrong with the configuration, one line for the operator. */
export interface ConfigProblem {
  readonly origin: ConfigOrigin | undefined;
  readonly key: string;
  readonly message: string;
}

/** `server.properties:12: log.segment.bytes: must be ...`. */
export function problemText(problem: ConfigProblem): string {
  const place = problem.origin === undefined ? '' : `${problem.origin.place}: `;
  return `${place}${problem.key}: ${problem.message}`;
}
