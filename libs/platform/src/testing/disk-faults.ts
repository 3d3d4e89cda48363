import { DiskError } from '../disk';

/** Operations of the disk port that can be made to fail. */
export type DiskOperation =
  | 'open'
  | 'pread'
  | 'pwrite'
  | 'truncate'
  | 'fdatasync'
  | 'list'
  | 'makeFolder'
  | 'rename'
  | 'removeFile'
  | 'removeFolder'
  | 'fsyncDirectory';

/** A failure to come. */
export interface DiskFault {
  readonly operation: DiskOperation;
  /** System error code: EIO, ENOSPC, EMFILE, EROFS ... */
  readonly code: string;
  /** Only paths that contain this text. */
  readonly pathIncludes?: string;
  /** How many calls fail; without it every one, until the faults are cleared. */
  readonly times?: number;
  /** Called when a call fails because of it. */
  readonly onFired?: (path: string) => void;
}

/** The failures a memory disk has been told to produce. */
export class DiskFaults {
  #faults: { readonly fault: DiskFault; left: number }[] = [];

  add(fault: DiskFault): void {
    this.#faults.push({ fault, left: fault.times ?? Infinity });
  }

  clear(): void {
    this.#faults = [];
  }

  /** The error this call must fail with, if any; uses up one of its times. */
  next(operation: DiskOperation, path: string): DiskError | undefined {
    if (this.#faults.length === 0) return undefined;
    const due = this.#faults.find(
      ({ fault, left }) => left > 0 && fault.operation === operation && path.includes(fault.pathIncludes ?? ''),
    );
    if (due === undefined) return undefined;
    due.left -= 1;
    due.fault.onFired?.(path);
    return new DiskError(due.fault.code, path, operation);
  }

  check(operation: DiskOperation, path: string): void {
    const error = this.next(operation, path);
    if (error !== undefined) throw error;
  }
}
