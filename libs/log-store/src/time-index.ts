import { addOffset, NO_TIMESTAMP, type Offset, type TimestampMs } from '@milena/model';
import type { Disk } from '@milena/platform';
import { IndexFile } from './index-file';

const ENTRY_BYTES = 12;

/** The largest timestamp up to an offset. */
export interface TimeIndexEntry {
  readonly timestamp: TimestampMs;
  /** Last offset of the batch that holds the timestamp. */
  readonly offset: Offset;
}

function timestampIn(entry: Buffer): TimestampMs {
  return (entry.readInt32BE(0) * 2 ** 32 + entry.readUInt32BE(4)) as TimestampMs;
}

/**
 * Sparse map from time to offsets of one segment: entries {int64 largest timestamp so far, int32 relative offset}, both
 * rising strictly (Kafka's `.timeindex`, KIP-33).
 */
export class TimeIndex {
  readonly file: IndexFile;
  readonly #scratch = Buffer.allocUnsafe(ENTRY_BYTES);
  #last: TimeIndexEntry;

  constructor(
    disk: Disk,
    path: string,
    private readonly baseOffset: Offset,
  ) {
    this.file = new IndexFile(disk, path, ENTRY_BYTES);
    this.#last = this.#entryAt(this.file.entryCount - 1);
  }

  #entryAt(index: number): TimeIndexEntry {
    if (index < 0) return { timestamp: NO_TIMESTAMP, offset: this.baseOffset };
    const entry = this.file.read(index);
    return { timestamp: timestampIn(entry), offset: addOffset(this.baseOffset, Math.max(0, entry.readInt32BE(8))) };
  }

  /** The last slot is kept for the entry that closes the segment. */
  isFull(bytesMax: number): boolean {
    return this.file.entryCount >= Math.floor(bytesMax / ENTRY_BYTES) - 1;
  }

  /** Whether the entries can be true for a closed log file of `logBytes`; zeros, as a crash leaves them, are not. */
  isSane(logBytes: number): boolean {
    const { entryCount } = this.file;
    if (!this.file.isWholeEntries() || entryCount === 0) return logBytes === 0;
    if (this.#last.timestamp < 0 || (this.#last.timestamp === 0 && this.#last.offset === this.baseOffset)) return false;
    return entryCount === 1 || this.#last.timestamp > this.#entryAt(entryCount - 2).timestamp;
  }

  /** The entry with the largest timestamp; {-1, base offset} when empty. */
  get last(): TimeIndexEntry {
    return this.#last;
  }

  /** Adds an entry when its timestamp is larger than every earlier one. */
  append(entry: TimeIndexEntry): void {
    if (entry.timestamp <= this.#last.timestamp) return;
    this.#scratch.writeInt32BE(Math.floor(entry.timestamp / 2 ** 32), 0);
    this.#scratch.writeUInt32BE(entry.timestamp >>> 0, 4);
    this.#scratch.writeInt32BE(entry.offset - this.baseOffset, 8);
    this.file.append(this.#scratch);
    this.#last = entry;
  }

  /** Offset up to which every timestamp is below `timestamp`, as far as the index knows; the base offset at worst. */
  lookup(timestamp: TimestampMs): Offset {
    const index = this.file.lastWhere((entry) => timestampIn(entry) < timestamp);
    return this.#entryAt(index).offset;
  }

  /** Drops the entries at or after `end`. */
  truncateToOffset(end: Offset): void {
    const relative = end - this.baseOffset;
    this.file.truncateEntries(this.file.lastWhere((entry) => entry.readInt32BE(8) < relative) + 1);
    this.#last = this.#entryAt(this.file.entryCount - 1);
  }
}
