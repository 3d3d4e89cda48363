import { unreachable } from '@milena/model';
import { isVarint, type QuickField, type QuickFields, type QuickKind } from './quick-fields';

/** Bytes of the longest varint, and of the longest below 2^49. */
const VARINT_BYTES_MAX = 10;
const SHORT_VARINT_BYTES = 7;

/**
 * The message that bytes hold, as the generated code reads it. Undefined for everything unusual: an unknown field, a
 * text beyond ASCII, a field given twice, an end inside a value. The generated code then reads it or says what is wrong.
 */
export function readQuickly(fields: QuickFields, bytes: Uint8Array): object | undefined {
  const reader = new QuickReader(bytes);
  const message = reader.message(fields, bytes.length);
  return reader.isPlain ? message : undefined;
}

class QuickReader {
  readonly #bytes: Uint8Array;
  readonly #texts: Buffer;
  #position = 0;
  isPlain = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#texts = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  message({ typeName, fields, byNumber }: QuickFields, end: number): object {
    const message: Record<string, unknown> = { $typeName: typeName };
    for (const { name, kind, isRepeated, hasPresence } of fields) {
      if (isRepeated) message[name] = [];
      else if (!hasPresence) message[name] = zero(kind);
    }
    let last = 0;
    while (this.#position < end && this.isPlain) {
      const tag = this.#varint32();
      const field = byNumber.get(tag >>> 3);
      // Fields come in order of number; only what is repeated comes again.
      if (field?.tag !== tag || field.number < last || (field.number === last && !field.isRepeated)) {
        this.isPlain = false;
        break;
      }
      last = field.number;
      if (field.isRepeated) this.#items(field, message[field.name] as unknown[], end);
      else message[field.name] = this.#value(field, end);
    }
    if (this.#position !== end) this.isPlain = false;
    return message;
  }

  #items(field: QuickField, items: unknown[], end: number): void {
    if (!isVarint(field.kind)) return void items.push(this.#value(field, end));
    const listEnd = this.#lengthEnd(end);
    while (this.#position < listEnd && this.isPlain) items.push(this.#value(field, listEnd));
    if (this.#position !== listEnd) this.isPlain = false;
  }

  #value(field: QuickField, end: number): unknown {
    switch (field.kind) {
      case 'int32':
        return this.#varint32() | 0;
      case 'sint32': {
        const raw = this.#varint32();
        return (raw >>> 1) ^ -(raw & 1);
      }
      case 'int64':
        return BigInt.asIntN(64, this.#varint64());
      case 'sint64': {
        const raw = this.#varint64();
        return (raw >> 1n) ^ -(raw & 1n);
      }
      case 'bool':
        return this.#varint64() !== 0n;
      case 'string':
        return this.#text(end);
      case 'bytes': {
        const runEnd = this.#lengthEnd(end);
        const start = this.#position;
        this.#position = runEnd;
        return this.#bytes.subarray(start, runEnd);
      }
      case 'message':
        return field.message === undefined ? undefined : this.message(field.message, this.#lengthEnd(end));
      default:
        return unreachable(field.kind);
    }
  }

  #text(end: number): string {
    const textEnd = this.#lengthEnd(end);
    const start = this.#position;
    this.#position = textEnd;
    for (let index = start; index < textEnd; index++) {
      if ((this.#bytes[index] ?? 0x80) >= 0x80) {
        this.isPlain = false;
        return '';
      }
    }
    return start === textEnd ? '' : this.#texts.toString('latin1', start, textEnd);
  }

  /** Reads a length; returns where what it measures ends, which is before `end`. */
  #lengthEnd(end: number): number {
    const length = this.#varint32();
    const lengthEnd = this.#position + length;
    if (lengthEnd <= end) return lengthEnd;
    this.isPlain = false;
    return this.#position;
  }

  /** The low 32 bits of a varint, unsigned. */
  #varint32(): number {
    const first = this.#bytes[this.#position] ?? 0x80;
    if (first < 0x80) {
      this.#position += 1;
      return first;
    }
    let value = 0;
    for (let index = 0; index < VARINT_BYTES_MAX; index++) {
      const byte = this.#bytes[this.#position++];
      if (byte === undefined) break;
      if (index < 5) value |= (byte & 0x7f) << (7 * index);
      if (byte < 0x80) return value >>> 0;
    }
    this.isPlain = false;
    return 0;
  }

  #varint64(): bigint {
    const start = this.#position;
    let value = 0;
    let scale = 1;
    for (let index = 0; index < SHORT_VARINT_BYTES; index++) {
      const byte = this.#bytes[this.#position++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
      if (byte < 0x80) return BigInt(value);
    }
    this.#position = start;
    return this.#longVarint64();
  }

  #longVarint64(): bigint {
    let value = 0n;
    for (let index = 0; index < VARINT_BYTES_MAX; index++) {
      const byte = this.#bytes[this.#position++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    this.isPlain = false;
    return 0n;
  }
}

function zero(kind: QuickKind): unknown {
  switch (kind) {
    case 'int32':
    case 'sint32':
      return 0;
    case 'int64':
    case 'sint64':
      return 0n;
    case 'bool':
      return false;
    case 'string':
      return '';
    case 'bytes':
      return new Uint8Array(0);
    case 'message':
      return undefined;
    default:
      return unreachable(kind);
  }
}
