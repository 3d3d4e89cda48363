/**
 * The part of rocksdb-native 3.18.1 that the state store uses; the package ships no types. Sessions, snapshots, encodings
 * and column families are left out on purpose.
 */
declare module 'rocksdb-native' {
  class RocksDB {
    constructor(path: string, options?: RocksDB.Options);
    /** Opens the database; rejects with the engine's words when it is locked or cannot be read. */
    ready(): Promise<void>;
    /** Waits for batches and iterators, without end for a batch nobody destroyed. */
    close(): Promise<void>;
    /** Writes the memtable to files and syncs them. */
    flush(): Promise<void>;
    /** The value, an empty Buffer for an empty one, null for a missing key. */
    get(key: Buffer): Promise<Buffer | null>;
    write(options?: RocksDB.BatchOptions): RocksDB.WriteBatch;
    iterator(range: RocksDB.Range, options?: RocksDB.IteratorOptions): AsyncIterable<RocksDB.Entry>;
  }
  namespace RocksDB {
    interface Options {
      /** Size of the memtable, bytes: 64 MiB by default. */
      readonly writeBufferSize?: number;
      readonly maxBackgroundJobs?: number;
      readonly maxOpenFiles?: number;
    }
    interface BatchOptions {
      /** Operations the batch has room for at first. */
      readonly capacity?: number;
      /** Destroys the batch once it is flushed; without it the caller must. */
      readonly autoDestroy?: boolean;
    }
    interface WriteBatch {
      tryPut(key: Buffer, value: Buffer): void;
      tryDelete(key: Buffer): void;
      /** Writes all operations atomically. */
      flush(): Promise<void>;
      destroy(): void;
    }
    interface Range {
      readonly gte: Buffer;
      readonly lt: Buffer;
    }
    interface IteratorOptions {
      readonly limit?: number;
      /** Entries fetched at a time; 8 by default. */
      readonly capacity?: number;
    }
    interface Entry {
      readonly key: Buffer;
      readonly value: Buffer;
    }
  }
  export = RocksDB;
}
