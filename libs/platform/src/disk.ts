/**
 * The disk as a log sees it. Calls without a promise work on the page cache and are cheap; what they change is lost in a
 * power cut unless it was synced: file contents by `fdatasync`, names (create, rename, remove) by `fsyncDirectory` of the
 * parent. An I/O error throws DiskError. After a failed sync the data must be taken for lost: syncing again proves nothing.
 */
export interface Disk {
  /** Opens a file for reading and writing; creates it when `create` is set, else a missing file throws ENOENT. */
  open(path: string, options?: { readonly create?: boolean; readonly readOnly?: boolean }): DiskFile;
  exists(path: string): boolean;
  /** Names in a folder, sorted; empty when the folder does not exist. */
  list(folder: string): readonly string[];
  isFolder(path: string): boolean;
  /** Creates a folder and its missing parents. */
  makeFolder(path: string): void;
  /** Moves a file or folder over whatever file stands at `to`. */
  rename(from: string, to: string): void;
  /** Lets nobody write a file any more; it can still be renamed and removed. */
  makeReadOnly(path: string): void;
  /** Removes a file; a missing one is no error. */
  removeFile(path: string): void;
  /** Removes a folder with everything in it; a missing one is no error. */
  removeFolder(path: string): void;
  /**
   * Takes an exclusive lock that ends with the process; undefined when it is held already, by whomever. May leave a file
   * at `path`, whose folder must exist.
   */
  lock(path: string): DiskLock | undefined;
  /** Who holds the lock on `path`, for a message to people (`process 4711`); undefined when nobody does. */
  lockHolder(path: string): string | undefined;
  fsyncDirectory(folder: string, options?: SyncOptions): Promise<void>;
}

/** How a sync is made. */
export interface SyncOptions {
  /**
   * True may hold up the whole process while the sync lasts, instead of a thread of its own: less than its two wake-ups cost
   * on a busy machine. For the few syncs that everybody waits for, as in an election.
   */
  readonly urgent?: boolean;
}

/** A lock on a path, held until released or the process ends. */
export interface DiskLock {
  release(): void;
}

/** An open file. Positions and lengths are bytes. */
export interface DiskFile {
  readonly path: string;
  /** Current length of the file. */
  size(): number;
  /** Reads into `target` from `position`; the count read, smaller than the target only at the end of the file. */
  pread(target: Buffer, position: number): number;
  /** Writes all of `source` at `position`. */
  pwrite(source: Uint8Array, position: number): void;
  /** Cuts the file, or extends it with zeros. */
  truncate(size: number): void;
  fdatasync(options?: SyncOptions): Promise<void>;
  close(): void;
}

/** An I/O error with the system's code (ENOENT, ENOSPC, EIO ...) and the path concerned. */
export class DiskError extends Error {
  override readonly name = 'DiskError';

  constructor(
    readonly code: string,
    readonly path: string,
    operation: string,
    options?: ErrorOptions,
  ) {
    super(`${operation} ${path}: ${code}`, options);
  }
}
