/**
 * An ordered store of bytes that holds what can be rebuilt from a log: never the point of durability. A batch is applied
 * whole or not at all, whatever ends the process; a power cut may lose the latest batches, and no batch survives one that
 * was lost. The offset up to which a log is applied is therefore an ordinary key, written in the same batch as what it
 * describes. Keys are ordered as unsigned bytes; the first byte of a key names the table. Buffers handed in may not be
 * changed before the promise is settled. Rejections are StateStoreErrors. A store whose write or flush failed takes no more
 * of them, so that nothing follows a gap: it must be closed and opened again.
 */
export interface StateStore {
  /** The value of a key; undefined when there is none. */
  get(key: Buffer): Promise<Buffer | undefined>;
  /** The first entries of a range, in key order, all as of one moment; the caller asks on from behind the last one. */
  range(range: StateRange): Promise<readonly StateEntry[]>;
  /** Applies a batch atomically, after all batches written before it; of several changes of one key the last one counts. */
  write(batch: readonly StateChange[]): Promise<void>;
  /** Makes everything written so far durable; before this a power cut may take it. */
  flush(): Promise<void>;
  /** Waits for what is under way, then releases the folder; closing twice is no error. */
  close(): Promise<void>;
}

/** An entry found. */
export interface StateEntry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** A change of one key; without a value the key is removed. */
export interface StateChange {
  readonly key: Buffer;
  readonly value: Buffer | undefined;
}

/** Keys from `gte` inclusive to `lt` exclusive. */
export interface StateRange {
  readonly gte: Buffer;
  readonly lt: Buffer;
  /** Most entries to answer with; MAX_RANGE_ENTRIES by default, and at most. */
  readonly limit?: number;
}

/** Most entries in one answer of StateStore.range. */
export const MAX_RANGE_ENTRIES = 1000;

/** Opens stores. */
export interface StateStores {
  /**
   * Opens the store in a folder, made when it is missing. A folder whose content cannot be read as a store is emptied and
   * begun anew: whoever uses it rebuilds it from the log. One store at a time has a folder, else it rejects with LOCKED.
   */
  open(folder: string): Promise<StateStore>;
}

/** LOCKED: the folder is in use, here or in another process. CLOSED: used after close. IO: the store or its disk failed, or a write before. */
export type StateStoreErrorCode = 'LOCKED' | 'CLOSED' | 'IO';

/** Why a store could not do its work. */
export class StateStoreError extends Error {
  override readonly name = 'StateStoreError';

  constructor(
    readonly code: StateStoreErrorCode,
    readonly folder: string,
    operation: string,
    options?: ErrorOptions,
  ) {
    super(`${operation} ${folder}: ${code}`, options);
  }
}
