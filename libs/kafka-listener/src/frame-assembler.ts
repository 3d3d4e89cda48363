import { POOLED_BYTES_MAX, type FrameBuffers } from './frame-buffers';

/** What a frame gets on its first bytes, however large it says it will be. */
const FIRST_BYTES = 64 * 1024;

/** A whole request without its size prefix. `bytes` is valid until `buffer` is given back. */
export interface AssembledFrame {
  readonly bytes: Buffer;
  readonly buffer: Buffer;
}

/** A size prefix that is not positive or above the limit: framing is lost and the connection must be closed. */
export class BadFrameSize extends Error {
  override readonly name = 'BadFrameSize';

  constructor(
    readonly declaredBytes: number,
    readonly limitBytes: number,
  ) {
    super(`request of ${declaredBytes} bytes, at most ${limitBytes} are allowed`);
  }
}

/** Cuts a stream of bytes into frames: four bytes of size, then as many bytes (protocol guide, "Protocol Primitives"). */
export class FrameAssembler {
  readonly #prefix = Buffer.alloc(4);
  #prefixBytes = 0;
  #size = -1;
  #filled = 0;
  #buffer: Buffer | undefined;

  constructor(
    readonly buffers: FrameBuffers,
    readonly frameBytesMax: number,
  ) {}

  /** Whether a frame has begun and is not complete. */
  get midFrame(): boolean {
    return this.#prefixBytes > 0;
  }

  /**
   * Copies from `chunk`, which may be reused afterwards. Calls `onFrame` with each frame that is complete, and stops
   * when it returns false. Gives the count of bytes consumed. Throws BadFrameSize before anything is kept.
   */
  push(chunk: Buffer, onFrame: (frame: AssembledFrame) => boolean): number {
    let at = 0;
    while (at < chunk.length) {
      if (this.#prefixBytes < 4) {
        at += this.#takePrefix(chunk, at);
        if (this.#prefixBytes < 4) break;
      }
      const count = Math.min(this.#size - this.#filled, chunk.length - at);
      const buffer = this.#bufferFor(this.#filled + count);
      chunk.copy(buffer, this.#filled, at, at + count);
      this.#filled += count;
      at += count;
      if (this.#filled === this.#size && !onFrame(this.#takeFrame(buffer))) break;
    }
    return at;
  }

  /** Gives back what an incomplete frame holds. */
  abandon(): void {
    if (this.#buffer !== undefined) this.buffers.giveBack(this.#buffer);
    this.#buffer = undefined;
    this.#prefixBytes = 0;
    this.#filled = 0;
  }

  #takePrefix(chunk: Buffer, at: number): number {
    const count = Math.min(4 - this.#prefixBytes, chunk.length - at);
    chunk.copy(this.#prefix, this.#prefixBytes, at, at + count);
    this.#prefixBytes += count;
    if (this.#prefixBytes === 4) {
      this.#size = this.#prefix.readInt32BE(0);
      if (this.#size <= 0 || this.#size > this.frameBytesMax) throw new BadFrameSize(this.#size, this.frameBytesMax);
    }
    return count;
  }

  /** Room for `needed` bytes. A frame gets memory as its bytes arrive, because its declared size is only a claim. */
  #bufferFor(needed: number): Buffer {
    const current = this.#buffer;
    if (current !== undefined && current.length >= needed) return current;
    const enough = current === undefined ? FIRST_BYTES : Math.max(POOLED_BYTES_MAX, current.length * 2);
    const wanted = Math.min(this.#size, Math.max(enough, needed));
    const grown = this.buffers.lend(wanted);
    if (current !== undefined) {
      current.copy(grown, 0, 0, this.#filled);
      this.buffers.giveBack(current);
    }
    this.#buffer = grown;
    return grown;
  }

  #takeFrame(buffer: Buffer): AssembledFrame {
    const frame = { bytes: buffer.subarray(0, this.#size), buffer };
    this.#buffer = undefined;
    this.#prefixBytes = 0;
    this.#filled = 0;
    return frame;
  }
}
