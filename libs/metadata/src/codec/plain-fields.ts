/** Protobuf's wire types that occur in plain messages. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
/** Bytes of a varint below 2^28; longer ones are left to the generated code. */
const VARINT_BYTES_MAX = 4;

/**
 * Reads the fields of a protobuf message as long as they are plain: small varints, packed lists of them, ASCII texts. At
 * the first thing that is not, `isPlain` turns false and values mean nothing any more: the caller then takes the
 * generated code, which knows all of protobuf. Never reads past the end.
 */
export class PlainFieldReader {
  #position = 0;
  isPlain = true;

  constructor(private readonly bytes: Buffer) {}

  /** Number of the next field; 0 at the end. Its wire type must be the one expected of that number in `wireTypes`. */
  next(isText: (field: number) => boolean): number {
    if (this.#position >= this.bytes.length || !this.isPlain) return 0;
    const tag = this.varint();
    const field = tag >>> 3;
    if (field === 0 || (tag & 7) !== (isText(field) ? LENGTH_DELIMITED : VARINT)) this.isPlain = false;
    return field;
  }

  /** A varint below 2^28. */
  varint(): number {
    let value = 0;
    for (let read = 0; read < VARINT_BYTES_MAX; read++) {
      const byte = this.bytes[this.#position++];
      if (byte === undefined) break;
      value |= (byte & 0x7f) << (7 * read);
      if (byte < 0x80) return value;
    }
    this.isPlain = false;
    return 0;
  }

  /** A zigzag varint. */
  signed(): number {
    const value = this.varint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** A packed list, read from its length on. */
  list(): number[] {
    const end = this.#end();
    const list: number[] = [];
    while (this.#position < end && this.isPlain) list.push(this.varint());
    if (this.#position !== end) this.isPlain = false;
    return list;
  }

  /** A text, read from its length on. */
  text(): string {
    const start = this.#position;
    const end = this.#end();
    const begin = this.#position;
    for (let index = begin; index < end; index++) if ((this.bytes[index] ?? 0x80) >= 0x80) this.isPlain = false;
    this.#position = end;
    return this.isPlain && start < end ? this.bytes.toString('latin1', begin, end) : '';
  }

  /** Enters a message that holds nothing or one packed list as its field 1. */
  listMessage(): number[] {
    const end = this.#end();
    if (this.#position === end) return [];
    const isList = this.varint() === ((1 << 3) | LENGTH_DELIMITED);
    const list = isList ? this.list() : [];
    if (!isList || this.#position !== end) this.isPlain = false;
    return list;
  }

  /** Reads a length; returns where what it measures ends, which is within the message. */
  #end(): number {
    const end = this.varint() + this.#position;
    if (end <= this.bytes.length && this.isPlain) return end;
    this.isPlain = false;
    return this.#position;
  }
}

/** Writes the fields of a protobuf message that holds plain values only; see PlainFieldReader. Fields in order of number. */
export class PlainFieldWriter {
  #bytes: Buffer;
  #position = 0;
  isPlain = true;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** A varint field; left out when 0, as proto3 has it. */
  number(field: number, value: number): void {
    if (value !== 0) this.present(field, value);
  }

  /** A varint field, 0 or not. */
  present(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.#varint(value);
  }

  /** A zigzag varint field, 0 or not. */
  presentSigned(field: number, value: number): void {
    this.present(field, value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** A packed list; left out when empty. */
  list(field: number, list: readonly number[]): void {
    if (list.length === 0) return;
    this.#tag(field, LENGTH_DELIMITED);
    this.#varint(this.#lengthOf(list));
    for (const value of list) this.#varint(value);
  }

  /** A message with the list as its field 1. */
  listMessage(field: number, list: readonly number[]): void {
    this.#tag(field, LENGTH_DELIMITED);
    const length = this.#lengthOf(list);
    // Its own length takes one byte as long as it is below 128; longer lists are not plain.
    if (length >= 0x80 - 2) this.isPlain = false;
    this.#varint(length === 0 ? 0 : length + 2);
    this.list(1, list);
  }

  /** An ASCII text, empty or not. */
  text(field: number, text: string): void {
    this.#tag(field, LENGTH_DELIMITED);
    this.#varint(text.length);
    this.#reserve(text.length);
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x80) this.isPlain = false;
      this.#bytes[this.#position++] = unit;
    }
  }

  /** What was written. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#position);
  }

  #tag(field: number, wireType: number): void {
    this.#varint((field << 3) | wireType);
  }

  #lengthOf(list: readonly number[]): number {
    let length = 0;
    for (const value of list) length += value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4;
    return length;
  }

  #varint(value: number): void {
    if (value < 0 || value >= 2 ** 28) this.isPlain = false;
    this.#reserve(VARINT_BYTES_MAX + 1);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#position++] = rest;
  }

  #reserve(count: number): void {
    if (this.#position + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * this.#bytes.length + count);
    larger.set(this.#bytes.subarray(0, this.#position));
    this.#bytes = larger;
  }
}
