import { failure, success, type Result } from '@milena/model';
import { SERVER_KEYS } from './config-tables';
import { nearestKey } from './nearest-key';
import { parseValue } from './parse-value';
import { serverKey } from './server-config-layers';
import { UNSUPPORTED_KEYS } from './unsupported-keys';

/** Keys that one controller decides for all brokers, so that one broker cannot have a value of its own. */
const CLUSTER_ONLY: ReadonlySet<string> = new Set(['unclean.leader.election.enable']);

/**
 * Checks the keys a broker's dynamic configuration is to have; `brokers` says whether it is one broker's or the default of
 * all. INVALID_REQUEST names keys that cannot change at runtime there, INVALID_CONFIG bad values and unknown keys.
 */
export function validateBrokerConfig(
  entries: Iterable<readonly [key: string, text: string]>,
  brokers: 'one' | 'all',
): Result<void> {
  const fixed: string[] = [];
  const messages: string[] = [];
  for (const [key, text] of entries) {
    const definition = serverKey(key);
    if (definition === undefined) {
      if (UNSUPPORTED_KEYS.includes(key)) fixed.push(`${key} is not supported yet`);
      else messages.push(unknownKey(key));
    } else if (definition.update === 'read-only') {
      fixed.push(`${key} is read at start only`);
    } else if (definition.update === 'per-broker' && brokers === 'all') {
      fixed.push(`${key} can be set for a single broker only`);
    } else if (CLUSTER_ONLY.has(key) && brokers === 'one') {
      fixed.push(`${key} can be set for all brokers only`);
    } else {
      const parsed = parseValue(definition, text);
      if (!parsed.ok) messages.push(`${key} ${parsed.message}`);
    }
  }
  if (fixed.length > 0) return failure('INVALID_REQUEST', `cannot be changed dynamically: ${fixed.join('; ')}`);
  return messages.length === 0 ? success(undefined) : failure('INVALID_CONFIG', messages.join('; '));
}

function unknownKey(key: string): string {
  const nearest = nearestKey(key, Object.keys(SERVER_KEYS));
  return nearest === undefined ? `unknown broker key ${key}` : `unknown broker key ${key}, did you mean ${nearest}?`;
}
