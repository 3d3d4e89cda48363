import { DiskError } from '@milena/platform';

/** The system's code of a file system error. */
export function systemCode(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : 'EIO';
}

/** The DiskError of an error from node:fs. */
export function diskError(error: unknown, path: string, operation: string): DiskError {
  return error instanceof DiskError ? error : new DiskError(systemCode(error), path, operation, { cause: error });
}

/** Runs a synchronous file system call; its error becomes a DiskError. */
export function diskCall<T>(operation: string, path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw diskError(error, path, operation);
  }
}
