import { problemText, resolveServerConfig, type ConfigOrigin, type ServerConfig } from '@milena/config-schema';

const ORIGIN: ConfigOrigin = { source: 'command line', place: 'simulation' };

/** Checked configuration from a few keys; Kafka's defaults for the rest. */
export function simulatedConfig(keys: Readonly<Record<string, string>>): ServerConfig {
  const resolved = resolveServerConfig(Object.entries(keys).map(([key, text]) => ({ key, text, origin: ORIGIN })));
  if (!resolved.ok) throw new Error(resolved.problems.map(problemText).join('; '));
  return resolved.config;
}
