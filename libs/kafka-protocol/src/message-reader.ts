import { ByteReader, MalformedInput } from '@milena/bytes';
import { unreachable } from '@milena/model';
import type { Field, Fields, Message, ScalarType } from './field';
import { includesVersion } from './version-range';

/** More tagged fields than this in one section are refused; Kafka's richest message has four. */
const TAGGED_FIELDS_MAX = 64;
/** Bytes of a string. Old versions cannot tell of more, and Kafka takes no more in flexible ones either. */
const STRING_BYTES_MAX = 0x7fff;
/** Bytes of the character that stands for a byte that is no text. */
const REPLACEMENT_BYTES = 3;

/** Reads one value. `bytesMin` is the least number of bytes it takes on the wire, which bounds declared counts. */
interface ValueReader {
  readonly bytesMin: number;
  read(reader: ByteReader): unknown;
}

/** Decodes one message of one version. Throws MalformedInput; never allocates more than the bytes at hand justify. */
export interface MessageReader<F extends Fields> {
  read(reader: ByteReader): Message<F>;
}

/** Compiles the decoder of `fields` at `version`. Flexible versions have compact lengths and tagged fields (KIP-482). */
export function compileMessageReader<F extends Fields>(
  fields: F,
  version: number,
  flexible: boolean,
): MessageReader<F> {
  return fieldsReader(fields, version, flexible) as MessageReader<F> & ValueReader;
}

/** Skips a tagged field section of which no tag is known. */
export function skipTaggedFields(reader: ByteReader): void {
  readTaggedFields(reader, NO_TAGS, {});
}

const NO_TAGS: ReadonlyMap<number, NamedReader> = new Map();

interface NamedReader {
  readonly name: string;
  readonly value: ValueReader;
}

function fieldsReader(fields: Fields, version: number, flexible: boolean): ValueReader {
  const names: string[] = [];
  const defaults: unknown[] = [];
  const values: (ValueReader | undefined)[] = [];
  const tagged = new Map<number, NamedReader>();
  let bytesMin = flexible ? 1 : 0;
  for (const [name, field] of Object.entries(fields)) {
    const present = includesVersion(field.versions, version);
    const value = present ? fieldReader(field, version, flexible) : undefined;
    const inLine = value !== undefined && field.tag === undefined;
    if (value !== undefined && field.tag !== undefined) tagged.set(field.tag, { name, value });
    if (inLine) bytesMin += value.bytesMin;
    names.push(name);
    defaults.push(field.defaultValue);
    values.push(inLine ? value : undefined);
  }
  return {
    bytesMin,
    read(reader) {
      const message: Record<string, unknown> = {};
      for (let index = 0; index < names.length; index++) {
        const value = values[index];
        message[names[index] as string] = value === undefined ? defaults[index] : value.read(reader);
      }
      if (flexible) readTaggedFields(reader, tagged, message);
      return message;
    },
  };
}

/** Tags are strictly ascending; those we do not know are skipped and forgotten. */
function readTaggedFields(
  reader: ByteReader,
  known: ReadonlyMap<number, NamedReader>,
  message: Record<string, unknown>,
): void {
  const count = reader.unsignedVarint();
  if (count > TAGGED_FIELDS_MAX) throw new MalformedInput(`${count} tagged fields`);
  let previous = -1;
  for (let index = 0; index < count; index++) {
    const tag = reader.unsignedVarint();
    if (tag <= previous) throw new MalformedInput(`tag ${tag} after tag ${previous}`);
    previous = tag;
    const size = reader.unsignedVarint();
    const from = reader.position;
    reader.skip(size);
    const field = known.get(tag);
    if (field === undefined) continue;
    const inner = new ByteReader(reader.buffer, from, from + size);
    message[field.name] = field.value.read(inner);
    if (inner.remaining > 0) throw new MalformedInput(`${inner.remaining} bytes left over in tag ${tag}`);
  }
}

function fieldReader(field: Field, version: number, flexible: boolean): ValueReader {
  const nullable = includesVersion(field.nullableIn, version);
  const { shape } = field;
  switch (shape.kind) {
    case 'scalar':
      return scalarReader(shape.type, nullable, flexible);
    case 'list':
      return arrayReader(scalarReader(shape.type, false, flexible), nullable, flexible);
    case 'array':
      return arrayReader(fieldsReader(shape.fields, version, flexible), nullable, flexible);
    case 'struct': {
      const value = fieldsReader(shape.fields, version, flexible);
      return nullable ? nullableStructReader(value) : value;
    }
    default:
      return unreachable(shape);
  }
}

/** A nullable element in line starts with one byte: 1 when it is there, -1 when it is null. */
function nullableStructReader(value: ValueReader): ValueReader {
  return { bytesMin: 1, read: (reader) => (reader.int8() < 0 ? null : value.read(reader)) };
}

function scalarReader(type: ScalarType, nullable: boolean, flexible: boolean): ValueReader {
  switch (type) {
    case 'bool':
      return { bytesMin: 1, read: (reader) => reader.boolean() };
    case 'int8':
      return { bytesMin: 1, read: (reader) => reader.int8() };
    case 'int16':
      return { bytesMin: 2, read: (reader) => reader.int16() };
    case 'uint16':
      return { bytesMin: 2, read: (reader) => reader.uint16() };
    case 'int32':
      return { bytesMin: 4, read: (reader) => reader.int32() };
    case 'int64':
      return { bytesMin: 8, read: (reader) => reader.int64() };
    case 'int64Clamped':
      return { bytesMin: 8, read: (reader) => reader.int64Clamped() };
    case 'uuid':
      return { bytesMin: 16, read: (reader) => reader.bytes(16).toString('base64url') };
    case 'string': {
      const readLength = flexible ? compactLength : (reader: ByteReader) => reader.int16();
      return {
        bytesMin: flexible ? 1 : 2,
        read(reader) {
          const length = readLength(reader);
          return length < 0 ? absent(length, nullable) : text(reader, length);
        },
      };
    }
    case 'bytes':
    case 'records': {
      const readLength = flexible ? compactLength : (reader: ByteReader) => reader.int32();
      return {
        bytesMin: flexible ? 1 : 4,
        read(reader) {
          const length = readLength(reader);
          return length < 0 ? absent(length, nullable) : reader.bytes(length);
        },
      };
    }
    default:
      return unreachable(type);
  }
}

/** The one place that reads arrays: a declared count must fit in the bytes that remain before anything is made of it. */
function arrayReader(element: ValueReader, nullable: boolean, flexible: boolean): ValueReader {
  const elementBytesMin = Math.max(1, element.bytesMin);
  return {
    bytesMin: flexible ? 1 : 4,
    read(reader) {
      const count = flexible ? compactLength(reader) : reader.int32();
      if (count < 0) return absent(count, nullable);
      if (count > reader.remaining / elementBytesMin) {
        throw new MalformedInput(`${count} elements declared with ${reader.remaining} bytes remaining`);
      }
      const elements: unknown[] = [];
      for (let index = 0; index < count; index++) elements.push(element.read(reader));
      return elements;
    },
  };
}

/** Whoever keeps a string or sends it on must be able to encode it: bytes that are no text may have made it longer. */
function text(reader: ByteReader, length: number): string {
  const value = length > STRING_BYTES_MAX ? undefined : reader.utf8(length);
  const mayHaveGrown = length * REPLACEMENT_BYTES > STRING_BYTES_MAX;
  if (value === undefined || (mayHaveGrown && Buffer.byteLength(value) > STRING_BYTES_MAX)) {
    throw new MalformedInput(`a string of ${length} bytes is too long`);
  }
  return value;
}

/** Compact lengths are sent plus one, so that zero says null. */
function compactLength(reader: ByteReader): number {
  return reader.unsignedVarint() - 1;
}

function absent(length: number, nullable: boolean): null {
  if (length === -1 && nullable) return null;
  throw new MalformedInput(length === -1 ? 'null where null is not allowed' : `negative length ${length}`);
}
