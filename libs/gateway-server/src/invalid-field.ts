import { failure, type ErrorName, type Failure } from '@milena/model';

/** The refusal of a request because of one of its fields; INVALID_REQUEST unless Kafka has a better name. */
export function invalidField(
  field: string,
  description: string,
  code: ErrorName = 'INVALID_REQUEST',
): { readonly ok: false; readonly error: Failure } {
  return failure(code, `${field}: ${description}`, { violations: [{ field, description }] });
}
