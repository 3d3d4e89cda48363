/** Appends big-endian values to a buffer that grows by doubling. `finish` gives a view of what was written. */
export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity = 256) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Makes room and gives the position; it may replace the buffer, so it is called before the buffer is named. */
  #reserve(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    this.#length = needed;
    return at;
  }

  int8(value: number): void {
    const at = this.#reserve(1);
    this.#buffer.writeInt8(value, at);
  }

  uint8(value: number): void {
    const at = this.#reserve(1);
    this.#buffer[at] = value;
  }

  int16(value: number): void {
    const at = this.#reserve(2);
    this.#buffer.writeInt16BE(value, at);
  }

  uint16(value: number): void {
    const at = this.#reserve(2);
    this.#buffer.writeUInt16BE(value, at);
  }

  int32(value: number): void {
    const at = this.#reserve(4);
    this.#buffer.writeInt32BE(value, at);
  }

  uint32(value: number): void {
    const at = this.#reserve(4);
    this.#buffer.writeUInt32BE(value, at);
  }

  float64(value: number): void {
    const at = this.#reserve(8);
    this.#buffer.writeDoubleBE(value, at);
  }

  /** A safe integer as a signed 64-bit value. */
  int64(value: number): void {
    const at = this.#reserve(8);
    this.#buffer.writeInt32BE(Math.floor(value / 2 ** 32), at);
    this.#buffer.writeUInt32BE(value >>> 0, at + 4);
  }

  bigInt64(value: bigint): void {
    const at = this.#reserve(8);
    this.#buffer.writeBigInt64BE(value, at);
  }

  boolean(value: boolean): void {
    this.uint8(value ? 1 : 0);
  }

  /** Unsigned LEB128 of a value below 2^53. */
  unsignedVarint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.uint8((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.uint8(rest);
  }

  /** Zig-zag varint of a 32-bit value. */
  varint(value: number): void {
    this.unsignedVarint(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  /** Zig-zag varlong of a safe integer. */
  varlong(value: number): void {
    if (Math.abs(value) < 2 ** 51) return this.varint(value);
    let raw = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
    for (; raw >= 0x80n; raw >>= 7n) this.uint8(Number(raw & 0x7fn) + 0x80);
    this.uint8(Number(raw));
  }

  bytes(value: Uint8Array): void {
    const at = this.#reserve(value.length);
    this.#buffer.set(value, at);
  }

  utf8(value: string): void {
    const count = Buffer.byteLength(value, 'utf8');
    const at = this.#reserve(count);
    this.#buffer.write(value, at, count, 'utf8');
  }

  /** Overwrites four bytes written before, e.g. a length known only at the end. */
  patchInt32(position: number, value: number): void {
    this.#buffer.writeInt32BE(value, position);
  }

  /** A view of everything written. The writer must not be used afterwards. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }
}
