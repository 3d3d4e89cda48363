import type { SeededRandom } from './seeded-random';

/** Bytes from `start` up to and without `end`. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What a sync that was begun will make durable: the bytes as they were at that moment. */
export interface PendingSync {
  readonly size: number;
  readonly chunks: readonly { readonly position: number; readonly bytes: Buffer }[];
}

/** A disk writes whole sectors: of an unsynced write any subset of these may reach it. */
const SECTOR_BYTES = 512;

const LEAST_BYTES = 256;
const NOTHING = Buffer.alloc(0);

/** Content that grows by doubling; bytes past `size` are zero. */
class GrowingBytes {
  #bytes: Buffer = NOTHING;
  size = 0;

  resize(size: number): void {
    if (size < this.size) this.#bytes.fill(0, size, this.size);
    if (size > this.#bytes.length) {
      // Most files are small and live for a moment: they come out of the pool.
      const grown = Buffer.allocUnsafe(Math.max(size, this.#bytes.length * 2, LEAST_BYTES));
      this.#bytes.copy(grown, 0, 0, this.size);
      grown.fill(0, this.size);
      this.#bytes = grown;
    }
    this.size = size;
  }

  /** As pwrite does it: past the end the gap is zero, and nothing written changes nothing. */
  write(source: Uint8Array, position: number): void {
    if (source.length === 0) return;
    const end = position + source.length;
    if (end > this.size) this.resize(end);
    this.#bytes.set(source, position);
  }

  /** A view on the bytes from `start` to `end`, cut at the size. */
  view(start: number, end: number): Buffer {
    return this.#bytes.subarray(Math.min(start, this.size), Math.min(end, this.size));
  }

  copyFrom(other: GrowingBytes): void {
    this.resize(0);
    this.write(other.view(0, other.size), 0);
  }
}

/** Content of a file in memory: what reads see (the page cache), and what a power cut would leave (the durable image). */
export class MemoryFile {
  /** See Disk.makeReadOnly. */
  isReadOnly = false;
  readonly #cached = new GrowingBytes();
  readonly #durable = new GrowingBytes();
  #dirty: ByteRange[] = [];
  #syncing: PendingSync[] = [];

  get size(): number {
    return this.#cached.size;
  }

  read(target: Buffer, position: number): number {
    return this.#cached.view(position, position + target.length).copy(target);
  }

  write(source: Uint8Array, position: number): void {
    if (source.length === 0) return;
    if (position > this.#cached.size) this.#markDirty(this.#cached.size, position);
    this.#cached.write(source, position);
    this.#markDirty(position, position + source.length);
  }

  truncate(size: number): void {
    this.#markDirty(Math.min(size, this.#cached.size), Math.max(size, this.#cached.size));
    this.#cached.resize(size);
  }

  /** Changes stored bits, in the cache and on the disk, as decay does. */
  flipBits(position: number, mask: number): void {
    for (const content of [this.#cached, this.#durable]) {
      const byte = content.view(position, position + 1);
      if (byte.length === 1) byte[0] = (byte[0] ?? 0) ^ mask;
    }
  }

  /** Replaces stored bytes as far as the file reaches, in the cache and on the disk. */
  overwrite(position: number, bytes: Uint8Array): void {
    for (const content of [this.#cached, this.#durable]) {
      const place = content.view(position, position + bytes.length);
      place.set(bytes.subarray(0, place.length));
    }
  }

  /** Begins a sync of everything written so far. */
  beginSync(): PendingSync {
    const size = this.#cached.size;
    const chunks = this.#dirty.map(({ start, end }) => ({
      position: start,
      bytes: Buffer.from(this.#cached.view(start, end)),
    }));
    this.#dirty = [];
    const sync = { size, chunks };
    this.#syncing.push(sync);
    return sync;
  }

  /** The sync is done, and with it those begun before: their bytes survive every crash. */
  completeSync(sync: PendingSync): void {
    const index = this.#syncing.indexOf(sync);
    for (const { size, chunks } of this.#syncing.splice(0, index + 1)) {
      this.#durable.resize(size);
      for (const { position, bytes } of chunks) this.#durable.write(bytes, position);
    }
  }

  /**
   * The sync failed. As on Linux, its pages count as clean from now on although they never reached the disk: reads still
   * see them, and a later sync succeeds without writing them.
   */
  failSync(sync: PendingSync): void {
    this.#syncing = this.#syncing.filter((other) => other !== sync);
  }

  /** The process died and the machine lives: nothing is lost, and nothing became durable. */
  abandonSyncs(): void {
    for (const { chunks, size } of this.#syncing) {
      for (const { position, bytes } of chunks) this.#markDirty(position, position + bytes.length);
      this.#markDirty(Math.min(size, this.#cached.size), Math.max(size, this.#cached.size));
    }
    this.#syncing = [];
  }

  /** Power cut: only what was synced remains. */
  loseUnsynced(): void {
    this.#dirty = [];
    this.#syncing = [];
    this.#cached.copyFrom(this.#durable);
  }

  /** Power cut while the disk was writing: of the unsynced sectors some arrived, in any order, and perhaps the size. */
  tearUnsynced(random: SeededRandom): void {
    this.abandonSyncs();
    const torn = new GrowingBytes();
    torn.copyFrom(this.#durable);
    for (const { start, end } of this.#dirty) {
      for (let at = start - (start % SECTOR_BYTES); at < end; at += SECTOR_BYTES) {
        const from = Math.max(at, start);
        if (random.chance(0.5)) torn.write(this.#cached.view(from, Math.min(at + SECTOR_BYTES, end)), from);
      }
    }
    if (random.chance(0.5)) torn.resize(this.#cached.size);
    this.#durable.copyFrom(torn);
    this.loseUnsynced();
  }

  /** Power cut: of the unsynced bytes those written first arrived, and the size as far as they reach. */
  keepPrefix(random: SeededRandom): void {
    this.abandonSyncs();
    const unsynced = this.#dirty.reduce((sum, { start, end }) => sum + end - start, 0);
    let left = random.below(unsynced + 1);
    for (const { start, end } of this.#dirty) {
      const arrived = Math.min(left, end - start);
      left -= arrived;
      this.#durable.write(this.#cached.view(start, start + arrived), start);
    }
    if (left === 0 && this.#cached.size < this.#durable.size && random.chance(0.5)) {
      this.#durable.resize(this.#cached.size);
    }
    this.loseUnsynced();
  }

  /** A copy of what a power cut would leave. */
  durableBytes(): Buffer {
    return Buffer.from(this.#durable.view(0, this.#durable.size));
  }

  /** Remembers that bytes differ from the durable ones; appends, the usual case, extend the last range. */
  #markDirty(start: number, end: number): void {
    if (start >= end) return;
    const last = this.#dirty.at(-1);
    if (last !== undefined && start <= last.end && end >= last.start) {
      this.#dirty[this.#dirty.length - 1] = { start: Math.min(start, last.start), end: Math.max(end, last.end) };
    } else {
      this.#dirty.push({ start, end });
    }
  }
}
