import { crc32c } from '@milena/bytes';
import { maxOffset, type Offset, offset, ZERO_OFFSET } from '@milena/model';
import type { Disk, DiskFile, Timer, Timers } from '@milena/platform';

/** Name of the file beside the metadata log's segments. */
export const COMMITTED_MARK_FILE = 'committed-mark';

/** How long after the first commit that it lacks the mark is written: it costs one sync, at most five a second. */
const DELAY_MS = 200;
/** A sector each, so that a torn write spoils one slot at most. */
const SLOT_BYTES = 512;
const MAGIC = 0x6d696c31;

/**
 * An offset before which everything is committed and was synced on this disk. A log that is found to end before it has
 * lost what this voter may have acknowledged: that is damage, where a log that is cut behind it may be a torn tail. The mark
 * follows commitment by a moment, only ever grows, and lies in two slots that are written in turn, each with a CRC.
 */
export class CommittedMark {
  readonly #file: DiskFile;
  readonly #timers: Timers;
  readonly #onFatal: (error: unknown) => void;
  #written: Offset;
  #noted: Offset;
  #slot: number;
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;
  /** True when what was once written can be read in neither slot. */
  readonly isDamaged: boolean;
  readonly path: string;

  private constructor(options: CommittedMarkOptions, file: DiskFile) {
    this.#file = file;
    this.path = pathIn(options.folder);
    this.#timers = options.timers;
    this.#onFatal = options.onFatal;
    const [first, second] = [readSlot(file, 0), readSlot(file, 1)];
    this.#written = maxOffset(first ?? ZERO_OFFSET, second ?? ZERO_OFFSET);
    this.#noted = this.#written;
    this.#slot = this.#written === first ? 1 : 0;
    // The first mark of all goes to the first slot, and may have been torn there.
    this.isDamaged = first === undefined && second === undefined && !isBlank(file, 1);
  }

  /** Opens or creates the mark in the metadata log's folder, whose name entry is durable when this resolves. */
  static async open(options: CommittedMarkOptions): Promise<CommittedMark> {
    const { disk, folder } = options;
    const path = pathIn(folder);
    const isNew = !disk.exists(path);
    const file = disk.open(path, { create: true });
    if (isNew) {
      file.truncate(2 * SLOT_BYTES);
      await file.fdatasync();
      await disk.fsyncDirectory(folder);
    }
    return new CommittedMark(options, file);
  }

  /** The mark as it was found; 0 when none was ever written. */
  get offset(): Offset {
    return this.#written;
  }

  /** Everything before `committed` is committed and durable here; written a little later. */
  note(committed: Offset): void {
    if (committed <= this.#noted || this.#isClosed) return;
    this.#noted = committed;
    this.#timer ??= this.#timers.after(DELAY_MS, () => {
      this.#timer = undefined;
      this.#writing = this.#writing.then(() => this.write()).catch(this.#onFatal);
    });
  }

  /** Makes what was noted durable. Rejects with DiskError. */
  async write(): Promise<void> {
    const { file, mark } = { file: this.#file, mark: this.#noted };
    if (mark <= this.#written) return;
    file.pwrite(slotOf(mark), this.#slot * SLOT_BYTES);
    await file.fdatasync();
    this.#written = mark;
    this.#slot = 1 - this.#slot;
  }

  /** Writes what was noted, then nothing more; resolves when nothing is being written. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#writing;
    // What cannot be written any more leaves the mark before it, which holds as well.
    await this.write().catch(() => undefined);
    this.#file.close();
  }
}

/** What a mark is opened with. */
export interface CommittedMarkOptions {
  readonly disk: Disk;
  readonly timers: Timers;
  /** The metadata log's folder. */
  readonly folder: string;
  /** A write or sync failed. */
  readonly onFatal: (error: unknown) => void;
}

/** The mark in a file that holds `content`; 0 when none can be read. For tools and the simulator. */
export function decodeCommittedMark(content: Buffer): Offset {
  const slots = [0, 1].map((index) => decodeSlot(content.subarray(index * SLOT_BYTES)));
  return maxOffset(slots[0] ?? ZERO_OFFSET, slots[1] ?? ZERO_OFFSET);
}

function pathIn(folder: string): string {
  return `${folder}/${COMMITTED_MARK_FILE}`;
}

function isBlank(file: DiskFile, index: number): boolean {
  const slot = Buffer.alloc(16);
  file.pread(slot, index * SLOT_BYTES);
  return slot.every((byte) => byte === 0);
}

function slotOf(mark: Offset): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES);
  slot.writeUInt32BE(MAGIC, 0);
  slot.writeBigUInt64BE(BigInt(mark), 4);
  slot.writeUInt32BE(crc32c(slot.subarray(0, 12)), 12);
  return slot;
}

function readSlot(file: DiskFile, index: number): Offset | undefined {
  const slot = Buffer.alloc(16);
  const count = file.pread(slot, index * SLOT_BYTES);
  return decodeSlot(slot.subarray(0, count));
}

function decodeSlot(slot: Buffer): Offset | undefined {
  if (slot.length < 16 || slot.readUInt32BE(0) !== MAGIC) return undefined;
  if (slot.readUInt32BE(12) !== crc32c(slot.subarray(0, 12))) return undefined;
  const mark = Number(slot.readBigUInt64BE(4));
  return Number.isSafeInteger(mark) ? offset(mark) : undefined;
}
