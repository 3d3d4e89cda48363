import {
  MAX_RANGE_ENTRIES,
  StateStoreError,
  type StateEntry,
  type StateRange,
  type StateStore,
  type StateStores,
} from '../state-store';
import type { Timers } from '../timers';
import type { CrashMode } from './memory-folder';
import { MemoryStateTable } from './memory-state-table';
import { createSeededRandom, type SeededRandom } from './seeded-random';

/** State stores in memory that forget what was not flushed when the power fails. */
export interface MemoryStateStores extends StateStores {
  /**
   * Ends the process that uses the stores, and perhaps the power: open stores are void and calls under way never settle.
   * A power cut takes what was not flushed; `tear` leaves some of the first batches of it.
   */
  crash(mode?: CrashMode): void;
  /** Makes the next write or flush fail with IO, once for each time asked. */
  failWrites(times?: number): void;
  /** Loses a store that nobody has open, as an unreadable one is lost: the next one to open it finds it empty. */
  lose(folder: string): void;
}

/** How memory state stores behave. */
export interface MemoryStateStoresOptions {
  /** With timers every call takes time; without, it is done at once. */
  readonly timers?: Timers;
  /** Decides how long calls take and what a torn store keeps. */
  readonly random?: SeededRandom;
  /** How long a call takes, milliseconds; drawn uniformly. Needs `timers`. */
  readonly latencyMs?: { readonly min: number; readonly max: number };
}

/** The process that uses the stores, until a crash. */
interface Life {
  alive: boolean;
}

class MemoryStores implements MemoryStateStores {
  readonly #tables = new Map<string, MemoryStateTable>();
  readonly #random: SeededRandom;
  #life: Life = { alive: true };
  #locked = new Set<string>();
  #failuresLeft = 0;

  constructor(private readonly options: MemoryStateStoresOptions) {
    this.#random = options.random ?? createSeededRandom(0);
  }

  async open(folder: string): Promise<StateStore> {
    if (this.#locked.has(folder)) throw new StateStoreError('LOCKED', folder, 'open');
    this.#locked.add(folder);
    const life = this.#life;
    const table = this.#tables.get(folder) ?? new MemoryStateTable();
    this.#tables.set(folder, table);
    await this.#take(life);
    return this.#store(folder, table, life);
  }

  crash(mode: CrashMode = 'lose-unsynced'): void {
    this.#life.alive = false;
    this.#life = { alive: true };
    this.#locked = new Set();
    for (const table of this.#tables.values()) table.crash(mode, this.#random);
  }

  failWrites(times = 1): void {
    this.#failuresLeft = times;
  }

  lose(folder: string): void {
    if (this.#locked.has(folder)) throw new StateStoreError('LOCKED', folder, 'lose');
    this.#tables.delete(folder);
  }

  #store(folder: string, table: MemoryStateTable, life: Life): StateStore {
    let closed: Promise<void> | undefined;
    let failed = false;
    let queue: Promise<unknown> = Promise.resolve();
    const enqueue = <T>(run: () => T): Promise<T> => {
      const done = queue.then(() => this.#take(life)).then(run);
      queue = done.catch(() => undefined);
      return done;
    };
    const call = <T>(operation: string, run: () => T): Promise<T> =>
      closed === undefined ? enqueue(run) : Promise.reject(new StateStoreError('CLOSED', folder, operation));
    const change = (operation: string, run: () => void): Promise<void> =>
      call(operation, () => {
        if (this.#failuresLeft > 0) {
          this.#failuresLeft -= 1;
          failed = true;
        }
        if (failed) throw new StateStoreError('IO', folder, operation);
        run();
      });
    return {
      get: (key) => call('get', () => table.get(key)),
      range: (range) => call('range', () => rangeOf(table, range)),
      write: (batch) => change('write', () => table.write(batch)),
      flush: () => change('flush', () => table.flush()),
      close: () => (closed ??= enqueue(() => void this.#locked.delete(folder))),
    };
  }

  /** Waits as long as a call takes; without end once the process is gone. */
  #take(life: Life): Promise<void> {
    const { timers, latencyMs: { min, max } = { min: 0, max: 0 } } = this.options;
    return new Promise((resolve) => {
      const finish = (): void => {
        if (life.alive) resolve();
      };
      if (timers === undefined) finish();
      else timers.after(min + this.#random.fraction() * (max - min), finish);
    });
  }
}

function rangeOf(table: MemoryStateTable, { gte, lt, limit = MAX_RANGE_ENTRIES }: StateRange): readonly StateEntry[] {
  return table.range(gte, lt, Math.min(limit, MAX_RANGE_ENTRIES));
}

/** State stores in memory, all empty. */
export function createMemoryStateStores(options: MemoryStateStoresOptions = {}): MemoryStateStores {
  return new MemoryStores(options);
}
