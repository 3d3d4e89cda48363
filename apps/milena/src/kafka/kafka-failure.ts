import { errorInfo, errorName, type ErrorName } from '@milena/model';
import { CommandFailure, type FailureExitCode } from '../command-failure';

/** What to do when no broker is to be had. */
export const NO_BROKER_HINT = 'milena dev starts a cluster, --bootstrap-server says where one is';

const NOT_FOUND: readonly ErrorName[] = [
  'UNKNOWN_TOPIC_OR_PARTITION',
  'UNKNOWN_TOPIC_ID',
  'GROUP_ID_NOT_FOUND',
  'RESOURCE_NOT_FOUND',
];

/** What to do about an error, where that is not plain from its text. */
const HINTS: Partial<Record<ErrorName, string>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'milena topic list shows what there is, milena topic create makes one',
  TOPIC_ALREADY_EXISTS: 'milena topic describe shows it, --if-not-exists takes it as it is',
  GROUP_ID_NOT_FOUND: 'milena group list shows what there is',
  NON_EMPTY_GROUP: 'stop its members first, milena group describe shows them',
  INVALID_CONFIG: 'docs/configuration.md lists the keys and what they accept',
  INVALID_REPLICATION_FACTOR: 'milena broker list shows how many brokers there are',
  NOT_CONTROLLER: 'milena quorum describe shows whether a majority of controllers is up',
  REQUEST_TIMED_OUT: 'milena quorum describe shows whether a majority of controllers is up',
};

/** Throws unless `code` is 0: `topic orders: TOPIC_ALREADY_EXISTS: <the broker's words, else ours>; <what to do>`. */
export function throwOnError(subject: string, code: number, message?: string | null): void {
  if (code !== 0) throw kafkaFailure(subject, errorName(code), message);
}

/** A Kafka error as a command's failure; `subject` is what was asked about. */
export function kafkaFailure(subject: string, name: ErrorName, message?: string | null): CommandFailure {
  const text = message || errorInfo(name).text;
  const hint = HINTS[name];
  const says = hint === undefined ? text : `${text.replace(/\.$/, '')}; ${hint}`;
  return new CommandFailure(exitCodeOf(name), `${subject}: ${name}: ${says}`);
}

function exitCodeOf(name: ErrorName): FailureExitCode {
  if (NOT_FOUND.includes(name)) return 3;
  return name === 'REQUEST_TIMED_OUT' ? 124 : 1;
}
