/** A length that is negative or above the limit: framing is lost and the connection must be closed. */
export class BadPacketLength extends Error {
  override readonly name = 'BadPacketLength';

  constructor(
    readonly declaredBytes: number,
    readonly limitBytes: number,
  ) {
    super(`packet of ${declaredBytes} bytes, at most ${limitBytes} are allowed`);
  }
}

/** Room taken for a packet at first; more comes with what arrives, because a declared length is only a claim. */
const FIRST_ROOM_BYTES = 16 * 1024;
const LENGTH_BYTES = 4;

/** Cuts a stream of bytes into packets: four bytes of length, then as many bytes. */
export class PacketAssembler {
  readonly #prefix = Buffer.alloc(LENGTH_BYTES);
  #prefixBytes = 0;
  #length = -1;
  #filled = 0;
  #partial: Buffer | undefined;

  constructor(private readonly packetBytesMax: number) {}

  /** Whether a packet has begun and is not complete. */
  get isMidPacket(): boolean {
    return this.#prefixBytes > 0;
  }

  /**
   * Calls `onPacket` with each packet that is complete, as a view of `chunk` where it lies in it whole, and stops when it
   * returns false. Gives the count of bytes consumed. Throws BadPacketLength before anything is kept.
   */
  push(chunk: Buffer, onPacket: (packet: Buffer) => boolean): number {
    let at = 0;
    while (at < chunk.length) {
      if (this.#prefixBytes < LENGTH_BYTES) {
        at += this.#takePrefix(chunk, at);
        if (this.#prefixBytes < LENGTH_BYTES) break;
      }
      const count = Math.min(this.#length - this.#filled, chunk.length - at);
      const packet = this.#take(chunk, at, count);
      at += count;
      if (packet !== undefined && !onPacket(packet)) break;
    }
    return at;
  }

  #takePrefix(chunk: Buffer, at: number): number {
    const count = Math.min(LENGTH_BYTES - this.#prefixBytes, chunk.length - at);
    chunk.copy(this.#prefix, this.#prefixBytes, at, at + count);
    this.#prefixBytes += count;
    if (this.#prefixBytes === LENGTH_BYTES) {
      this.#length = this.#prefix.readInt32BE(0);
      const isUsable = this.#length >= 0 && this.#length <= this.packetBytesMax;
      if (!isUsable) throw new BadPacketLength(this.#length, this.packetBytesMax);
    }
    return count;
  }

  /** Takes bytes of the packet under way; the packet when that completes it. */
  #take(chunk: Buffer, at: number, count: number): Buffer | undefined {
    if (this.#partial === undefined && count === this.#length) {
      this.#begin();
      return chunk.subarray(at, at + count);
    }
    const partial = this.#room(this.#filled + count);
    chunk.copy(partial, this.#filled, at, at + count);
    this.#filled += count;
    if (this.#filled < this.#length) return undefined;
    const packet = partial.subarray(0, this.#length);
    this.#begin();
    return packet;
  }

  #begin(): void {
    this.#prefixBytes = 0;
    this.#filled = 0;
    this.#partial = undefined;
  }

  #room(needed: number): Buffer {
    const current = this.#partial;
    if (current !== undefined && current.length >= needed) return current;
    const grown = Buffer.allocUnsafe(
      Math.min(this.#length, Math.max(FIRST_ROOM_BYTES, needed, (current?.length ?? 0) * 2)),
    );
    current?.copy(grown, 0, 0, this.#filled);
    this.#partial = grown;
    return grown;
  }
}
