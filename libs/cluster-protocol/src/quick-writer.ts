import { unreachable } from '@milena/model';
import { isVarint, type QuickField, type QuickFields } from './quick-fields';

/** Bytes of nearly every message that carries no records. */
const USUAL_BYTES = 256;
/** Bytes of the longest varint. */
const VARINT_BYTES_MAX = 10;
/** Zigzag doubles a number: beyond this it would not be exact. */
const ZIGZAG_MAX = 2 ** 51;

/**
 * The bytes of a message, as the generated code writes them, without making the message first. Undefined when a value is
 * not plain (a text beyond ASCII, a number out of range): the generated code then writes it or says what is wrong.
 */
export function writeQuickly(fields: QuickFields, message: object): Uint8Array | undefined {
  const writer = new QuickWriter();
  writer.message(fields, message as Readonly<Record<string, unknown>>);
  return writer.finish();
}

class QuickWriter {
  #bytes = Buffer.allocUnsafe(USUAL_BYTES);
  #position = 0;
  #isPlain = true;

  finish(): Uint8Array | undefined {
    return this.#isPlain ? this.#bytes.subarray(0, this.#position) : undefined;
  }

  message({ fields }: QuickFields, message: Readonly<Record<string, unknown>>): void {
    for (const field of fields) {
      const value = message[field.name];
      if (value === undefined || value === null) continue;
      if (field.isRepeated) this.#list(field, value as readonly unknown[]);
      else if (field.hasPresence || !isZero(value)) this.#tagged(field, value);
    }
  }

  #tagged(field: QuickField, value: unknown): void {
    this.#varint(field.tag);
    this.#value(field, value);
  }

  #list(field: QuickField, values: readonly unknown[]): void {
    if (values.length === 0) return;
    if (!isVarint(field.kind)) {
      for (const value of values) this.#tagged(field, value);
      return;
    }
    this.#varint(field.tag);
    const start = this.#begin();
    for (const value of values) this.#value(field, value);
    this.#end(start);
  }

  #value(field: QuickField, value: unknown): void {
    switch (field.kind) {
      case 'int32':
        return this.#int32(value);
      case 'sint32':
        return this.#zigzag(isInt32(value) ? value : NaN);
      case 'int64':
        return this.#whole(typeof value === 'bigint' ? Number(value) : NaN);
      case 'sint64':
        return this.#zigzag(typeof value === 'bigint' ? Number(value) : NaN);
      case 'bool':
        return this.#varint(value === true ? 1 : 0);
      case 'string':
        return this.#text(value);
      case 'bytes':
        return this.#run(value);
      case 'message': {
        if (field.message === undefined || typeof value !== 'object' || value === null) return this.#giveUp();
        const start = this.#begin();
        this.message(field.message, value as Readonly<Record<string, unknown>>);
        return this.#end(start);
      }
      default:
        return unreachable(field.kind);
    }
  }

  #giveUp(): void {
    this.#isPlain = false;
  }

  #int32(value: unknown): void {
    if (!isInt32(value)) return this.#giveUp();
    if (value >= 0) return this.#varint(value);
    // A negative one is written as the 64 bits of its two's complement.
    this.#reserve(VARINT_BYTES_MAX);
    let rest = value;
    for (let index = 1; index < VARINT_BYTES_MAX; index++) {
      this.#bytes[this.#position++] = (rest & 0x7f) | 0x80;
      rest >>= 7;
    }
    this.#bytes[this.#position++] = 1;
  }

  #whole(value: number): void {
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) this.#varint(value);
    else this.#int32(value);
  }

  #zigzag(value: number): void {
    if (Math.abs(value) <= ZIGZAG_MAX) this.#varint(value < 0 ? -2 * value - 1 : 2 * value);
    else this.#giveUp();
  }

  #text(value: unknown): void {
    if (typeof value !== 'string') return this.#giveUp();
    const { length } = value;
    this.#varint(length);
    this.#reserve(length);
    for (let index = 0; index < length; index++) {
      const unit = value.charCodeAt(index);
      if (unit >= 0x80) this.#isPlain = false;
      this.#bytes[this.#position++] = unit;
    }
  }

  #run(value: unknown): void {
    if (!(value instanceof Uint8Array)) return this.#giveUp();
    this.#varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#position);
    this.#position += value.length;
  }

  /** Leaves one byte for a length that is not known yet. */
  #begin(): number {
    this.#reserve(1);
    return ++this.#position;
  }

  #end(start: number): void {
    const length = this.#position - start;
    if (length < 0x80) {
      this.#bytes[start - 1] = length;
      return;
    }
    let extra = 0;
    for (let rest = length; rest >= 0x80; rest = Math.floor(rest / 0x80)) extra += 1;
    this.#reserve(extra);
    this.#bytes.copyWithin(start + extra, start, this.#position);
    this.#position = start - 1;
    this.#varint(length);
    this.#position += length;
  }

  /** A whole number of 0 or more. */
  #varint(value: number): void {
    this.#reserve(VARINT_BYTES_MAX);
    let rest = value;
    while (rest >= 0x8000_0000) {
      this.#bytes[this.#position++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
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

function isInt32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value;
}

function isZero(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.length === 0;
  return value === 0 || value === '' || value === false || value === 0n;
}
