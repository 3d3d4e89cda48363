import { errorInfo, errorName } from '@milena/model';
import { CommandFailure } from '../command-failure';

const NOT_FOUND = ['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID', 'GROUP_ID_NOT_FOUND', 'RESOURCE_NOT_FOUND'];

/** Throws unless `code` is 0: `topic orders: TOPIC_ALREADY_EXISTS: <the broker's words, else ours>`. */
export function throwOnError(subject: string, code: number, message?: string | null): void {
  if (code === 0) return;
  const name = errorName(code);
  const text = message || errorInfo(name).text;
  throw new CommandFailure(NOT_FOUND.includes(name) ? 3 : 1, `${subject}: ${name}: ${text}`);
}
