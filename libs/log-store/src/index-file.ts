import type { Disk, DiskFile } from '@milena/platform';

/**
 * Fixed-size entries in a file, appended in order and searched in place; the part that both indexes share. While its
 * segment is active the file is preallocated to `bytesMax` with zeros, as Kafka does; `trim` cuts it to its entries.
 */
export class IndexFile {
  readonly #file: DiskFile;
  readonly #entry: Buffer;
  #entryCount: number;
  #isPreallocated = false;

  /** Opens or creates the file. What it holds counts as entries, so a preallocated file left by a crash must be `reset`. */
  constructor(
    disk: Disk,
    readonly path: string,
    readonly entryBytes: number,
  ) {
    this.#file = disk.open(path, { create: true });
    this.#entry = Buffer.allocUnsafe(entryBytes);
    this.#entryCount = Math.floor(this.#file.size() / entryBytes);
  }

  get entryCount(): number {
    return this.#entryCount;
  }

  /** False when the file does not end at an entry's end. */
  isWholeEntries(): boolean {
    return this.#isPreallocated || this.#file.size() === this.#entryCount * this.entryBytes;
  }

  /** Grows the file with zeros to the largest multiple of an entry in `bytesMax`. */
  preallocate(bytesMax: number): void {
    const size = Math.floor(bytesMax / this.entryBytes) * this.entryBytes;
    if (this.#file.size() < size) this.#file.truncate(size);
    this.#isPreallocated = true;
  }

  /** The entry at `index`, in a buffer that the next call overwrites. */
  read(index: number): Buffer {
    this.#file.pread(this.#entry, index * this.entryBytes);
    return this.#entry;
  }

  append(entry: Buffer): void {
    this.#file.pwrite(entry, this.#entryCount * this.entryBytes);
    this.#entryCount += 1;
  }

  /** Index of the last entry for which `isAtMost` holds, by binary search; -1 when it holds for none. */
  lastWhere(isAtMost: (entry: Buffer) => boolean): number {
    let low = 0;
    let high = this.#entryCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isAtMost(this.read(middle))) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Keeps the first `count` entries; what followed reads as zeros while preallocated. */
  truncateEntries(count: number): void {
    const size = this.#file.size();
    this.#entryCount = Math.min(count, this.#entryCount);
    this.#file.truncate(this.#entryCount * this.entryBytes);
    if (this.#isPreallocated) this.#file.truncate(size);
  }

  /** Cuts the file to its entries. */
  trim(): void {
    this.#file.truncate(this.#entryCount * this.entryBytes);
    this.#isPreallocated = false;
  }

  sync(): Promise<void> {
    return this.#file.fdatasync();
  }

  close(): void {
    this.#file.close();
  }
}
