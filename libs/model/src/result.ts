import type { ErrorName } from './error-code';

/** An expected failure: a Kafka error by name and one sentence for the caller that names the thing concerned. */
export interface Failure {
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
export function failure(code: ErrorName, message: string): { readonly ok: false; readonly error: Failure } {
  return { ok: false, error: { code, message } };
}
