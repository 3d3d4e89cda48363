import { errorCode, errorName, failure, success, type Result } from '@milena/model';

/** The error fields that every outcome carries. */
export interface WireOutcome {
  readonly errorCode: number;
  readonly errorMessage: string;
}

/** Error fields of an outcome; those of NONE when it is good. */
export function outcomeToWire(result: Result<unknown>): WireOutcome {
  return result.ok
    ? { errorCode: errorCode('NONE'), errorMessage: '' }
    : { errorCode: errorCode(result.error.code), errorMessage: result.error.message };
}

/** The outcome that error fields tell of; `value` reads the rest of the message and runs only when it is good. */
export function outcomeFromWire<T>({ errorCode: code, errorMessage }: WireOutcome, value: () => T): Result<T> {
  const name = errorName(code);
  return name === 'NONE' ? success(value()) : failure(name, errorMessage);
}
