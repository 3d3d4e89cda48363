import {
  MAX_RANGE_ENTRIES,
  StateStoreError,
  type StateChange,
  type StateEntry,
  type StateRange,
  type StateStore,
} from '@milena/platform';
import type RocksDB from 'rocksdb-native';

/**
 * A state store on an open RocksDB. Every batch is destroyed whatever happens, because the engine waits for an open one
 * without end when it closes; and one change at a time is with the engine, because its threads keep no order among batches.
 */
class RocksDbStore implements StateStore {
  #changes: Promise<void> = Promise.resolve();
  #failure: unknown;
  #closed: Promise<void> | undefined;

  constructor(
    private readonly database: RocksDB,
    private readonly folder: string,
  ) {}

  get(key: Buffer): Promise<Buffer | undefined> {
    return this.#call('get', async () => (await this.database.get(key)) ?? undefined);
  }

  range({ gte, lt, limit = MAX_RANGE_ENTRIES }: StateRange): Promise<readonly StateEntry[]> {
    const count = Math.min(limit, MAX_RANGE_ENTRIES);
    return this.#call('range', async () => {
      if (count <= 0 || gte.compare(lt) >= 0) return [];
      const found: StateEntry[] = [];
      for await (const entry of this.database.iterator({ gte, lt }, { limit: count, capacity: count }))
        found.push(entry);
      return found;
    });
  }

  write(changes: readonly StateChange[]): Promise<void> {
    return this.#change('write', async () => {
      if (changes.length === 0) return;
      const batch = this.database.write({ capacity: changes.length, autoDestroy: true });
      for (const { key, value } of changes) {
        if (value === undefined) batch.tryDelete(key);
        else batch.tryPut(key, value);
      }
      await batch.flush();
    });
  }

  flush(): Promise<void> {
    return this.#change('flush', () => this.database.flush());
  }

  close(): Promise<void> {
    this.#closed ??= this.#changes.then(() => this.database.close());
    return this.#closed;
  }

  #call<T>(operation: string, run: () => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(new StateStoreError('CLOSED', this.folder, operation));
    return run().catch((cause: unknown) => {
      throw new StateStoreError('IO', this.folder, operation, { cause });
    });
  }

  /** After a failure nothing is tried any more: what came behind a lost batch must not survive it. */
  #change(operation: string, run: () => Promise<void>): Promise<void> {
    const done = this.#call(operation, () =>
      this.#changes.then(() => {
        if (this.#failure !== undefined) throw new Error('a change before failed', { cause: this.#failure });
        return run();
      }),
    );
    this.#changes = done.catch((error: unknown) => void (this.#failure ??= error));
    return done;
  }
}

/** A state store on an open database, which it owns. */
export function createRocksDbStore(database: RocksDB, folder: string): StateStore {
  return new RocksDbStore(database, folder);
}
