import { ByteReader, ByteWriter } from '@milena/bytes';
import type { KeyedBytes } from '@milena/coordinator';
import { offset, uuidFromBytes, uuidToBytes, type Offset, type Uuid } from '@milena/model';
import {
  MAX_RANGE_ENTRIES,
  StateStoreError,
  type Logger,
  type StateStore,
  type StateStores,
  type Timer,
  type Timers,
} from '@milena/platform';

/** First byte of a key: which table it belongs to. */
const RECORDS_TABLE = 1;
const APPLIED_TABLE = 2;
/** Between a failure and the next try to open the store. */
const REOPEN_MS = 10_000;

/** How far a partition's log is contained in the store. */
export interface AppliedUpTo {
  /** A topic made anew under the name is another one. */
  readonly topicId: Uuid;
  /** Everything below is contained. */
  readonly nextOffset: Offset;
  /** Leader epoch of the last record contained; -1 for none. */
  readonly epoch: number;
}

/** What a broker's store is made from. */
export interface CoordinatorStoreOptions {
  readonly stateStores: StateStores;
  readonly folder: string;
  readonly logger: Logger;
  readonly timers: Timers;
}

/**
 * What a broker keeps of the partitions of `__consumer_offsets` it has replicas of: the last record of every key, and how
 * far each log is contained. It only saves reading whole logs, so every failure is survived: calls answer undefined or
 * false while there is no store, and it is tried again later.
 */
export class CoordinatorStore {
  #store: Promise<StateStore | undefined>;
  #reopening: Timer | undefined;
  #isClosed = false;

  constructor(private readonly options: CoordinatorStoreOptions) {
    this.#store = this.#open();
  }

  /** How far a partition is contained; 'none' when nothing is, undefined when that cannot be known now. */
  async applied(partition: number): Promise<AppliedUpTo | 'none' | undefined> {
    const value = await this.#attempt('get', async (store) => ({ bytes: await store.get(appliedKey(partition)) }));
    if (value === undefined) return undefined;
    return value.bytes === undefined ? 'none' : decodeApplied(value.bytes);
  }

  /** Partitions of which something is contained; undefined when that cannot be known now. */
  async partitions(): Promise<readonly number[] | undefined> {
    // As many as one page has: a broker holds no more partitions of one topic than that.
    const range = { gte: Buffer.of(APPLIED_TABLE), lt: Buffer.of(APPLIED_TABLE + 1) };
    const entries = await this.#attempt('range', (store) => store.range(range));
    return entries?.map(({ key }) => key.readUInt32BE(1));
  }

  /** Takes in records that follow what is contained; false when that failed. */
  async apply(partition: number, records: readonly KeyedBytes[], upTo: AppliedUpTo): Promise<boolean> {
    const changes = records.map(({ key, value }) => ({ key: recordKey(partition, key), value: value ?? undefined }));
    const applied = { key: appliedKey(partition), value: encodeApplied(upTo) };
    const done = await this.#attempt('write', async (store) => {
      await store.write([...changes, applied]);
      return true;
    });
    return done ?? false;
  }

  /** Records of a partition behind a key, a page at a time; an empty page is the end, undefined a failure. */
  async page(partition: number, after: Buffer | undefined): Promise<readonly KeyedBytes[] | undefined> {
    const gte = after === undefined ? recordKey(partition) : Buffer.concat([recordKey(partition, after), Buffer.of(0)]);
    const lt = recordKey(partition + 1);
    const prefix = recordKey(partition).length;
    const entries = await this.#attempt('range', (store) => store.range({ gte, lt, limit: MAX_RANGE_ENTRIES }));
    return entries?.map(({ key, value }) => ({ key: key.subarray(prefix), value }));
  }

  /** Forgets a partition; false when that failed. What is cut short is done again by the next call. */
  async forget(partition: number): Promise<boolean> {
    // Without its mark nothing of the partition counts any more, so the rest may go in pieces.
    const unmarked = await this.#attempt('write', async (store) => {
      await store.write([{ key: appliedKey(partition), value: undefined }]);
      return true;
    });
    for (let more = unmarked; more === true;) {
      const page = await this.page(partition, undefined);
      if (page === undefined) return false;
      if (page.length === 0) return true;
      more = await this.#attempt('write', async (store) => {
        await store.write(page.map(({ key }) => ({ key: recordKey(partition, key), value: undefined })));
        return true;
      });
    }
    return false;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#reopening?.cancel();
    const store = await this.#store;
    try {
      await store?.close();
    } catch (error) {
      this.options.logger.warn('coordinator store not closed', { error });
    }
  }

  async #open(): Promise<StateStore | undefined> {
    const { stateStores, folder, logger } = this.options;
    try {
      return await stateStores.open(folder);
    } catch (error) {
      logger.warn('coordinator store cannot be opened, logs are read whole', { folder, error });
      this.#reopenLater();
      return undefined;
    }
  }

  #reopenLater(): void {
    if (this.#isClosed || this.#reopening !== undefined) return;
    this.#reopening = this.options.timers.after(REOPEN_MS, () => {
      this.#reopening = undefined;
      this.#store = this.#open();
    });
  }

  async #attempt<T>(operation: string, work: (store: StateStore) => Promise<T>): Promise<T | undefined> {
    const opened = this.#store;
    const store = await opened;
    if (store === undefined || this.#isClosed) return undefined;
    try {
      return await work(store);
    } catch (error) {
      if (!(error instanceof StateStoreError)) throw error;
      if (this.#store !== opened || this.#isClosed) return undefined;
      this.options.logger.error('coordinator store failed, logs are read whole', { operation, error });
      // A store that failed a write refuses all others: it has to be opened anew.
      this.#store = Promise.resolve(undefined);
      store.close().catch(() => undefined);
      this.#reopenLater();
      return undefined;
    }
  }
}

function recordKey(partition: number, key: Buffer = Buffer.alloc(0)): Buffer {
  const writer = new ByteWriter(5 + key.length);
  writer.uint8(RECORDS_TABLE);
  writer.uint32(partition);
  writer.bytes(key);
  return writer.finish();
}

function appliedKey(partition: number): Buffer {
  const writer = new ByteWriter(5);
  writer.uint8(APPLIED_TABLE);
  writer.uint32(partition);
  return writer.finish();
}

function encodeApplied({ topicId, nextOffset, epoch }: AppliedUpTo): Buffer {
  const writer = new ByteWriter(28);
  writer.bytes(uuidToBytes(topicId));
  writer.int64(nextOffset);
  writer.int32(epoch);
  return writer.finish();
}

function decodeApplied(bytes: Buffer): AppliedUpTo {
  const reader = new ByteReader(bytes);
  return { topicId: uuidFromBytes(reader.bytes(16)), nextOffset: offset(reader.int64()), epoch: reader.int32() };
}
