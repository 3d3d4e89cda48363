import { errorCode, type Result } from '@milena/model';

/** Kafka's two fields for an error: its number and a sentence; 0 and null when there is none. */
export function errorFields(result: Result<unknown>): {
  readonly errorCode: number;
  readonly errorMessage: string | null;
} {
  if (result.ok) return { errorCode: errorCode('NONE'), errorMessage: null };
  return { errorCode: errorCode(result.error.code), errorMessage: result.error.message };
}
