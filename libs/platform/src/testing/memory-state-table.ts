import { invariant } from '@milena/model';
import type { StateChange, StateEntry } from '../state-store';
import type { CrashMode } from './memory-folder';
import type { SeededRandom } from './seeded-random';

/** Keys are kept as latin1 text, whose order is that of unsigned bytes. */
type Values = Map<string, Buffer>;
type Batch = readonly { readonly key: string; readonly value: Buffer | undefined }[];

function apply(batch: Batch, values: Values): void {
  for (const { key, value } of batch) {
    if (value === undefined) values.delete(key);
    else values.set(key, value);
  }
}

/** What a state store in memory holds: as its users see it, and as it would be after a power cut. */
export class MemoryStateTable {
  #values: Values = new Map();
  readonly #durable: Values = new Map();
  #unflushed: Batch[] = [];
  /** All keys in order; undefined when one was added or removed since it was made. */
  #keys: readonly string[] | undefined;

  get(key: Buffer): Buffer | undefined {
    const value = this.#values.get(key.toString('latin1'));
    return value === undefined ? undefined : Buffer.from(value);
  }

  range(gte: Buffer, lt: Buffer, limit: number): readonly StateEntry[] {
    this.#keys ??= [...this.#values.keys()].sort((left, right) => (left < right ? -1 : 1));
    const [from, to] = [gte.toString('latin1'), lt.toString('latin1')];
    const found = this.#keys.filter((key) => key >= from && key < to).slice(0, limit);
    return found.map((key) => {
      const value = this.#values.get(key);
      invariant(value !== undefined, 'every key has its value');
      return { key: Buffer.from(key, 'latin1'), value: Buffer.from(value) };
    });
  }

  write(changes: readonly StateChange[]): void {
    const batch = changes.map(({ key, value }) => ({
      key: key.toString('latin1'),
      value: value === undefined ? undefined : Buffer.from(value),
    }));
    if (batch.some(({ key, value }) => (value === undefined) === this.#values.has(key))) this.#keys = undefined;
    apply(batch, this.#values);
    this.#unflushed.push(batch);
  }

  flush(): void {
    for (const batch of this.#unflushed) apply(batch, this.#durable);
    this.#unflushed = [];
  }

  /** What is left after a crash. */
  crash(mode: CrashMode, random: SeededRandom): void {
    if (mode === 'keep') return;
    const kept = mode === 'tear' ? random.below(this.#unflushed.length + 1) : 0;
    for (const batch of this.#unflushed.slice(0, kept)) apply(batch, this.#durable);
    this.#unflushed = [];
    this.#values = new Map(this.#durable);
    this.#keys = undefined;
  }
}
