import type { ConfigEntry } from '@milena/config-schema';

const PREFIX = 'KAFKA_';
const SEPARATORS: Readonly<Record<string, string>> = { _: '.', __: '_', ___: '-' };

/** The keys of `KAFKA_*` variables: `_` stands for `.`, `__` for `_`, `___` for `-`, the longest run first; sorted by name. */
export function environmentEntries(environment: Readonly<Record<string, string | undefined>>): readonly ConfigEntry[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && name.length > PREFIX.length)
    .sort()
    .map((name) => ({
      key: keyOfVariable(name),
      text: environment[name] ?? '',
      origin: { source: 'environment', place: `environment ${name}` },
    }));
}

/** `KAFKA_LOG_SEGMENT_BYTES` -> `log.segment.bytes`. */
export function keyOfVariable(name: string): string {
  return name
    .slice(PREFIX.length)
    .toLowerCase()
    .replace(/_{1,3}/g, (run) => SEPARATORS[run] ?? run);
}
