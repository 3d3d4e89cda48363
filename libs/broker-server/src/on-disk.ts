import { failure, type Result } from '@milena/model';
import { DiskError } from '@milena/platform';

/** Works on a log; a failing disk becomes KAFKA_STORAGE_ERROR, after `onFailed` was told. */
export function onDisk<T>(work: () => Result<T>, onFailed?: (error: DiskError) => void): Result<T> {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    onFailed?.(error);
    return failure('KAFKA_STORAGE_ERROR', error.message);
  }
}
