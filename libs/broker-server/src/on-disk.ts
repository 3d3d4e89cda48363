import { failure, type Result } from '@milena/model';
import { DiskError } from '@milena/platform';

/** Runs a read; a failing disk becomes KAFKA_STORAGE_ERROR. */
export function onDisk<T>(read: () => Result<T>): Result<T> {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    return failure('KAFKA_STORAGE_ERROR', error.message);
  }
}
