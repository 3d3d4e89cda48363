import { SERVER_KEYS } from './config-tables';
import type { ConfigEntry, ConfigProblem, ConfigValue } from './config-value';
import type { KeyDefinition } from './key-definition';
import { nearestKey } from './nearest-key';
import { parseValue } from './parse-value';
import { TypedConfig, type ServerConfig } from './typed-config';
import { isUnsupportedKey, UNSUPPORTED_KEYS } from './unsupported-keys';

/** A checked configuration with what is worth a warning, or everything wrong with it. */
export type ResolvedServerConfig =
  | { readonly ok: true; readonly config: ServerConfig; readonly warnings: readonly ConfigProblem[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

const DEFAULT_ORIGIN = { source: 'default', place: 'default' } as const;
const definitions: ReadonlyMap<string, KeyDefinition> = new Map(Object.entries<KeyDefinition>(SERVER_KEYS));

/**
 * Checks what was written, in rising precedence (a later entry of a key wins), and fills in the defaults. All problems
 * are found at once. A real Kafka key that is not supported warns, an unknown key of the environment warns, any other
 * unknown key is a problem that names the nearest real one.
 */
export function resolveServerConfig(entries: readonly ConfigEntry[]): ResolvedServerConfig {
  const problems: ConfigProblem[] = [];
  const warnings: ConfigProblem[] = [];
  const written = new Map<string, ConfigEntry>();
  for (const entry of entries) {
    if (definitions.has(entry.key)) {
      written.delete(entry.key);
      written.set(entry.key, entry);
    } else if (isUnsupportedKey(entry.key)) {
      if (!warnings.some(({ key }) => key === entry.key)) warnings.push(unsupported(entry));
    } else if (entry.origin.source === 'environment') {
      warnings.push(unknown(entry));
    } else {
      problems.push(unknown(entry));
    }
  }
  const values = new Map<string, ConfigValue>();
  for (const [key, definition] of definitions) {
    const value = valueOf(key, definition, written.get(key));
    if ('message' in value) problems.push(value);
    else values.set(key, value);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config: new TypedConfig(values), warnings };
}

function valueOf(key: string, definition: KeyDefinition, entry: ConfigEntry | undefined): ConfigValue | ConfigProblem {
  const text = entry?.text.trim() ?? definition.default;
  const origin = entry?.origin ?? DEFAULT_ORIGIN;
  if (text === undefined || (text === '' && definition.required === true)) {
    if (definition.required !== true) return { text, parsed: undefined, origin };
    return { origin: entry?.origin, key, message: 'is required and not set' };
  }
  const parsed = parseValue(definition, text);
  return parsed.ok ? { text, parsed: parsed.value, origin } : { origin, key, message: parsed.message };
}

function unsupported({ key, origin }: ConfigEntry): ConfigProblem {
  return { origin, key, message: 'is a Kafka key that Milena does not support yet; it has no effect' };
}

function unknown({ key, origin }: ConfigEntry): ConfigProblem {
  const nearest = nearestKey(key, [...definitions.keys(), ...UNSUPPORTED_KEYS]);
  return { origin, key, message: nearest === undefined ? 'unknown key' : `unknown key, did you mean ${nearest}?` };
}
