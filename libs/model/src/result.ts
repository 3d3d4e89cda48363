import type { ErrorName } from './error-code';

/** What is wrong with one field of a request. */
export interface FieldViolation {
  /** Path of the field as the request spells it, e.g. `topic.partition_count`. */
  readonly field: string;
  readonly description: string;
}

/** What programs may want to know of a failure besides its code. */
export interface FailureDetails {
  /** What it is about, by kind: `{ topic: 'orders' }`. */
  readonly about?: Readonly<Record<string, string>>;
  /** Set when fields of the request are to blame. */
  readonly violations?: readonly FieldViolation[];
}

/** An expected failure: a Kafka error by name and one sentence for the caller that names the thing concerned. */
export interface Failure extends FailureDetails {
  readonly code: ErrorName;
  readonly message: string;
}

/** Outcome of an operation that can fail in expected ways. Expected failures are values, never exceptions. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure };

/** A successful outcome. */
export function success<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** A failed outcome, assignable to any Result. */
export function failure(
  code: ErrorName,
  message: string,
  details: FailureDetails = {},
): { readonly ok: false; readonly error: Failure } {
  return { ok: false, error: { code, message, ...details } };
}
