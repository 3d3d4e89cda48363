/** Input that cannot be what it claims to be: too short, a lying length, a bad varint. Decoders throw it; edges catch it. */
export class MalformedInput extends Error {
  override readonly name = 'MalformedInput';
}

/**
 * Reads big-endian values in order from a Buffer. Every read checks the bytes that remain, so a length declared by a
 * peer never allocates more than what was received. Returned byte ranges are views, not copies.
 */
export class ByteReader {
  #position: number;
  readonly #end: number;

  constructor(
    readonly buffer: Buffer,
    position = 0,
    end = buffer.length,
  ) {
    this.#position = position;
    this.#end = end;
  }

  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.#end - this.#position;
  }

  #take(count: number): number {
    if (count < 0 || count > this.#end - this.#position) {
      throw new MalformedInput(`${count} bytes wanted at position ${this.#position}, ${this.remaining} remain`);
    }
    const at = this.#position;
    this.#position = at + count;
    return at;
  }

  int8(): number {
    return this.buffer.readInt8(this.#take(1));
  }

  uint8(): number {
    return this.buffer[this.#take(1)] ?? 0;
  }

  int16(): number {
    return this.buffer.readInt16BE(this.#take(2));
  }

  uint16(): number {
    return this.buffer.readUInt16BE(this.#take(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.#take(4));
  }

  uint32(): number {
    return this.buffer.readUInt32BE(this.#take(4));
  }

  float64(): number {
    return this.buffer.readDoubleBE(this.#take(8));
  }

  /** A signed 64-bit value as a number; MalformedInput when it is not a safe integer. */
  int64(): number {
    const at = this.#take(8);
    const value = this.buffer.readInt32BE(at) * 2 ** 32 + this.buffer.readUInt32BE(at + 4);
    if (!Number.isSafeInteger(value)) throw new MalformedInput(`64-bit value at position ${at} is out of range`);
    return value;
  }

  /** A signed 64-bit value as a number, clamped to the safe integers: for fields where Long.MAX means "no limit". */
  int64Clamped(): number {
    const at = this.#take(8);
    const value = this.buffer.readInt32BE(at) * 2 ** 32 + this.buffer.readUInt32BE(at + 4);
    return Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, value));
  }

  bigInt64(): bigint {
    return this.buffer.readBigInt64BE(this.#take(8));
  }

  boolean(): boolean {
    return this.uint8() !== 0;
  }

  /** Unsigned LEB128 of at most 5 bytes, as Kafka's UNSIGNED_VARINT. */
  unsignedVarint(): number {
    // Most are one byte long.
    let value = this.uint8();
    if (value < 0x80) return value;
    value &= 0x7f;
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.uint8();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw new MalformedInput(`varint at position ${this.#position} is longer than 32 bits`);
  }

  /** Zig-zag varint of at most 5 bytes, as Kafka's VARINT. */
  varint(): number {
    const raw = this.unsignedVarint();
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  /** Zig-zag varlong of at most 10 bytes, as Kafka's VARLONG; MalformedInput when it is not a safe integer. */
  varlong(): number {
    let low = this.uint8();
    if (low < 0x80) return low % 2 === 0 ? low / 2 : -(low + 1) / 2;
    low &= 0x7f;
    for (let shift = 7; shift < 49; shift += 7) {
      const byte = this.uint8();
      low += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return low % 2 === 0 ? low / 2 : -(low + 1) / 2;
    }
    let raw = BigInt(low);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.uint8();
      raw |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return this.#safeZigZag(raw);
    }
    throw new MalformedInput(`varlong at position ${this.#position} is longer than 64 bits`);
  }

  #safeZigZag(raw: bigint): number {
    const value = Number(BigInt.asIntN(64, (raw >> 1n) ^ -(raw & 1n)));
    if (!Number.isSafeInteger(value))
      throw new MalformedInput(`varlong before position ${this.#position} is out of range`);
    return value;
  }

  /** A view of the next `count` bytes. */
  bytes(count: number): Buffer {
    const at = this.#take(count);
    return this.buffer.subarray(at, at + count);
  }

  utf8(byteCount: number): string {
    const at = this.#take(byteCount);
    return this.buffer.toString('utf8', at, at + byteCount);
  }

  skip(count: number): void {
    this.#take(count);
  }
}
