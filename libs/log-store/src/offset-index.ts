import { addOffset, type Offset } from '@milena/model';
import type { Disk } from '@milena/platform';
import { IndexFile } from './index-file';

const ENTRY_BYTES = 8;

/**
 * Sparse map from offsets to file positions of one segment: entries {int32 offset relative to the base, int32 position},
 * where the offset is the last of the batch that begins at the position (Kafka's `.index`).
 */
export class OffsetIndex {
  readonly file: IndexFile;
  readonly #scratch = Buffer.allocUnsafe(ENTRY_BYTES);
  #lastRelative = 0;
  #lastPosition = 0;

  constructor(
    disk: Disk,
    path: string,
    private readonly baseOffset: Offset,
  ) {
    this.file = new IndexFile(disk, path, ENTRY_BYTES);
    this.#loadLast();
  }

  #loadLast(): void {
    const { entryCount } = this.file;
    const entry = entryCount === 0 ? undefined : this.file.read(entryCount - 1);
    this.#lastRelative = entry?.readInt32BE(0) ?? 0;
    this.#lastPosition = entry?.readInt32BE(4) ?? 0;
  }

  isFull(bytesMax: number): boolean {
    return this.file.entryCount >= Math.floor(bytesMax / ENTRY_BYTES);
  }

  /** Whether the entries can be true for a log file of `logBytes`; a preallocated tail left by a crash is not. */
  isSane(logBytes: number): boolean {
    if (!this.file.isWholeEntries()) return false;
    return (
      this.file.entryCount === 0 || (this.#lastRelative > 0 && this.#lastPosition > 0 && this.#lastPosition < logBytes)
    );
  }

  /** Adds an entry; offsets rise strictly. */
  append(lastOffset: Offset, position: number): void {
    const relative = lastOffset - this.baseOffset;
    if (relative <= this.#lastRelative && this.file.entryCount > 0) return;
    this.#scratch.writeInt32BE(relative, 0);
    this.#scratch.writeInt32BE(position, 4);
    this.file.append(this.#scratch);
    this.#lastRelative = relative;
    this.#lastPosition = position;
  }

  /** Position of the last indexed batch whose last offset is at most `target`; 0 when there is none. */
  lookup(target: Offset): number {
    const relative = target - this.baseOffset;
    // Most reads follow the tail: the last entry is known without touching the file.
    if (relative >= this.#lastRelative) return this.#lastPosition;
    const index = this.file.lastWhere((entry) => entry.readInt32BE(0) <= relative);
    return index < 0 ? 0 : this.file.read(index).readInt32BE(4);
  }

  /** Position of the last indexed batch that begins at or before `position`; 0 when there is none. */
  floorPosition(position: number): number {
    const index = this.file.lastWhere((entry) => entry.readInt32BE(4) <= position);
    return index < 0 ? 0 : this.file.read(index).readInt32BE(4);
  }

  /** Drops the entries of batches that begin at or after `position`. */
  truncateToPosition(position: number): void {
    this.file.truncateEntries(this.file.lastWhere((entry) => entry.readInt32BE(4) < position) + 1);
    this.#loadLast();
  }

  /** Last offset that is indexed; the base offset when none is. */
  get lastOffset(): Offset {
    return addOffset(this.baseOffset, this.#lastRelative);
  }
}
