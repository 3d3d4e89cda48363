import type { ErrorName } from '@milena/model';

/** Why the voter set is not changed. REQUEST_TIMED_OUT is worth another try. */
export interface RefusedChange {
  readonly error: ErrorName;
  /** For people. */
  readonly message: string;
}

/** Makes a refusal. */
export function refusedChange(error: ErrorName, message: string): RefusedChange {
  return { error, message };
}
