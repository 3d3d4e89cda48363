import type { ConfigChange, ConfigChanges } from '../configs/incremental-alter-configs';

/** `topic:t`, `broker:1` or `broker:`. */
export function resourceOf(word: string): ConfigChanges['resource'] {
  const [kind, name = ''] = word.split(':');
  return { type: kind === 'topic' ? 'TOPIC' : 'BROKER', name };
}

/** `key=value` sets, `key` deletes, `key+=items` appends, `key-=items` subtracts. */
export function configChange(word: string): ConfigChange {
  const [, name = '', operator = '', value] = /^([\w.]+)(?:([+-]?=)(.*))?$/.exec(word) ?? [];
  const operations = { '': 'DELETE', '=': 'SET', '+=': 'APPEND', '-=': 'SUBTRACT' } as const;
  return { name, operation: operations[operator as keyof typeof operations], value };
}
