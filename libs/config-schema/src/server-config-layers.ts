import { SERVER_KEYS } from './config-tables';
import type { ConfigValue } from './config-value';
import type { KeyDefinition } from './key-definition';
import { parseValue } from './parse-value';
import type { ServerConfig } from './typed-config';

/** Everything that decides a broker's configuration: what it was started with, and what was set while the cluster runs. */
export interface ServerConfigLayers {
  /** As of the start: command line, environment, file, defaults. */
  readonly server: ServerConfig;
  /** Keys set for all brokers (Kafka's default broker resource). */
  readonly cluster: ReadonlyMap<string, string>;
  /** Keys set for this broker; they win over the cluster's, and those over what it was started with. */
  readonly broker: ReadonlyMap<string, string>;
}

/** The configuration in force. A value set for a key that cannot change at runtime, or that does not parse, counts for nothing. */
export function layeredServerConfig({ server, cluster, broker }: ServerConfigLayers): ServerConfig {
  const values = new Map<string, ConfigValue>();
  for (const [place, entries] of [
    ['cluster', cluster],
    ['broker', broker],
  ] as const) {
    for (const [key, text] of entries) {
      const definition = dynamicKey(key);
      const parsed = definition === undefined ? undefined : parseValue(definition, text);
      if (parsed?.ok === true) values.set(key, { text, parsed: parsed.value, origin: { source: 'dynamic', place } });
    }
  }
  return server.with(values);
}

/** Definition of a server key; own keys only, because names come from clients and every object has a `constructor`. */
export function serverKey(key: string): KeyDefinition | undefined {
  return Object.hasOwn(SERVER_KEYS, key) ? (SERVER_KEYS as Record<string, KeyDefinition>)[key] : undefined;
}

/** Definition of a server key that can change while a broker runs. */
export function dynamicKey(key: string): KeyDefinition | undefined {
  const definition = serverKey(key);
  return definition?.update === 'read-only' ? undefined : definition;
}
