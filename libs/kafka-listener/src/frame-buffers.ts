/** Below this size Node's own slab is as cheap. */
const POOLED_BYTES_MIN = 16 * 1024;
/** Above this size buffers are not kept: a frame that large is rare and keeping it would pin the memory. */
export const POOLED_BYTES_MAX = 2 * 1024 * 1024;

/** Kept buffers of one size, and the fewest there were since the last trim. */
interface Shelf {
  readonly buffers: Buffer[];
  fewest: number;
}

/**
 * Lends buffers for requests and takes them back, because fresh buffers of 128 KiB and more cost several times the CPU
 * of used ones. Kept buffers have power-of-two sizes and are bounded in sum; those that nobody needs for a while are let
 * go. Counts all bytes lent.
 */
export class FrameBuffers {
  readonly #kept = new Map<number, Shelf>();
  #keptBytes = 0;
  #lentBytes = 0;

  constructor(readonly keptBytesMax = 32 * 1024 * 1024) {}

  /** Bytes lent and not yet returned. */
  get lentBytes(): number {
    return this.#lentBytes;
  }

  /** A buffer of at least `size` bytes with arbitrary content. */
  lend(size: number): Buffer {
    const buffer = this.#find(size);
    this.#lentBytes += buffer.length;
    return buffer;
  }

  #find(size: number): Buffer {
    if (size < POOLED_BYTES_MIN || size > POOLED_BYTES_MAX) return Buffer.allocUnsafe(size);
    const rounded = 2 ** Math.ceil(Math.log2(size));
    const shelf = this.#kept.get(rounded);
    const kept = shelf?.buffers.pop();
    if (shelf === undefined || kept === undefined) return Buffer.allocUnsafeSlow(rounded);
    shelf.fewest = Math.min(shelf.fewest, shelf.buffers.length);
    this.#keptBytes -= rounded;
    return kept;
  }

  /** Takes a lent buffer back; the caller must not touch it any more. */
  giveBack(buffer: Buffer): void {
    const size = buffer.length;
    this.#lentBytes -= size;
    if (size < POOLED_BYTES_MIN || size > POOLED_BYTES_MAX || this.#keptBytes + size > this.keptBytesMax) return;
    const shelf = this.#kept.get(size);
    if (shelf === undefined) this.#kept.set(size, { buffers: [buffer], fewest: 0 });
    else shelf.buffers.push(buffer);
    this.#keptBytes += size;
  }

  /** Lets go of the kept buffers that were not needed since the last call. */
  trim(): void {
    for (const [size, shelf] of this.#kept) {
      this.#keptBytes -= shelf.buffers.splice(0, shelf.fewest).length * size;
      shelf.fewest = shelf.buffers.length;
    }
  }
}
