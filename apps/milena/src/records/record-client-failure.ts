import { isErrorName, type ErrorName } from '@milena/model';
import { CommandFailure } from '../command-failure';
import { kafkaFailure, NO_BROKER_HINT } from '../kafka/kafka-failure';

/** How deep errors of the client nest; anything deeper is not looked into. */
const DEPTH_MAX = 8;

/** What the record client threw, as a command's failure about `subject`: Kafka's error where there is one, else its words. */
export function recordClientFailure(subject: string, thrown: unknown): CommandFailure {
  if (thrown instanceof CommandFailure) return thrown;
  const errors = flattened(thrown, DEPTH_MAX);
  const names = errors.flatMap((error) => kafkaErrorOf(error));
  const [name] = names;
  if (name !== undefined) return kafkaFailure(subject, name);
  const text = errors.map(messageOf).findLast((message) => message !== '') ?? String(thrown);
  if (/^Unknown topic/.test(text)) return kafkaFailure(subject, 'UNKNOWN_TOPIC_OR_PARTITION');
  const isTimeout = errors.some((error) => codeOf(error) === 'PLT_KFK_TIMEOUT') || /timed? ?out/i.test(text);
  return new CommandFailure(isTimeout ? 124 : 1, `${subject}: ${text}; ${NO_BROKER_HINT}`, { cause: thrown });
}

/** An error, those it bundles and its cause, outermost first. */
function flattened(error: unknown, depth: number): readonly unknown[] {
  if (typeof error !== 'object' || error === null || depth === 0) return [error];
  const bundled = 'errors' in error && Array.isArray(error.errors) ? (error.errors as readonly unknown[]) : [];
  const cause = 'cause' in error && error.cause !== undefined ? [error.cause] : [];
  return [error, ...[...bundled, ...cause].flatMap((each) => flattened(each, depth - 1))];
}

function kafkaErrorOf(error: unknown): readonly ErrorName[] {
  const name = typeof error === 'object' && error !== null && 'apiId' in error ? error.apiId : undefined;
  return typeof name === 'string' && isErrorName(name) ? [name] : [];
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : '';
}
