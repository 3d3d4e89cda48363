import { mkdir, rm } from 'node:fs/promises';
import { StateStoreError, type Logger, type StateStore, type StateStores } from '@milena/platform';
import type RocksDB from 'rocksdb-native';
import { createRocksDbStore } from './rocksdb-store';

/** The engine's words for a lock held by this process, and by another one. */
const LOCK_HELD = /lock hold by current process|While lock file/;

/** Small: what a store holds is read at a start and rarely after, and its memory belongs to the page cache and the logs. */
const OPTIONS: RocksDB.Options = { writeBufferSize: 8 * 2 ** 20, maxBackgroundJobs: 2, maxOpenFiles: 256 };

/** Loads the engine: on first use, because most services never need it and all of them should start fast. */
async function loadEngine(folder: string): Promise<typeof RocksDB> {
  try {
    return (await import('rocksdb-native')).default;
  } catch (cause) {
    throw new StateStoreError('IO', folder, 'load rocksdb-native, which needs glibc 2.34 and libatomic1, for', {
      cause,
    });
  }
}

async function openDatabase(Engine: typeof RocksDB, folder: string): Promise<RocksDB> {
  await mkdir(folder, { recursive: true });
  const database = new Engine(folder, OPTIONS);
  await database.ready();
  return database;
}

function failure(error: unknown, folder: string): StateStoreError {
  return new StateStoreError(LOCK_HELD.test(String(error)) ? 'LOCKED' : 'IO', folder, 'open', { cause: error });
}

async function openOrBegin(folder: string, logger: Logger): Promise<RocksDB> {
  const engine = await loadEngine(folder);
  try {
    return await openDatabase(engine, folder);
  } catch (error) {
    const reason = failure(error, folder);
    if (reason.code === 'LOCKED') throw reason;
    logger.warn('state store cannot be read and is begun anew', { folder, error });
  }
  try {
    await rm(folder, { recursive: true, force: true });
    return await openDatabase(engine, folder);
  } catch (error) {
    throw failure(error, folder);
  }
}

/** State stores on RocksDB, a folder each. Native code is loaded when the first one is opened. */
export function createRocksDbStateStores({ logger }: { readonly logger: Logger }): StateStores {
  return {
    async open(folder: string): Promise<StateStore> {
      return createRocksDbStore(await openOrBegin(folder, logger), folder);
    },
  };
}
