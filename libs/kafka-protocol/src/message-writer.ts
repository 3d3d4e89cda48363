import type { ByteWriter } from '@milena/bytes';
import { invariant, unreachable, uuidToBytes } from '@milena/model';
import type { Field, Fields, MessageInput, ScalarType } from './field';
import { joinFrame } from './frame';
import { FrameWriter } from './frame-writer';
import { includesVersion } from './version-range';

type ValueWriter = (writer: FrameWriter, value: never) => void;

/** Encodes one message of one version. */
export interface MessageWriter<F extends Fields> {
  write(writer: FrameWriter, message: MessageInput<F>): void;
}

/** Compiles the encoder of `fields` at `version`; a null where the version allows none is a broken invariant. */
export function compileMessageWriter<F extends Fields>(
  fields: F,
  version: number,
  flexible: boolean,
): MessageWriter<F> {
  return { write: fieldsWriter(fields, version, flexible) as (writer: FrameWriter, message: MessageInput<F>) => void };
}

interface FieldWriter {
  readonly name: string;
  readonly tag: number;
  readonly defaultValue: unknown;
  readonly write: (writer: FrameWriter, value: unknown) => void;
}

function fieldsWriter(fields: Fields, version: number, flexible: boolean): ValueWriter {
  const inLine: FieldWriter[] = [];
  const tagged: FieldWriter[] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (!includesVersion(field.versions, version)) continue;
    const write = fieldWriter(name, field, version, flexible) as FieldWriter['write'];
    const entry = { name, tag: field.tag ?? -1, defaultValue: field.defaultValue, write };
    (field.tag === undefined ? inLine : tagged).push(entry);
  }
  tagged.sort((left, right) => left.tag - right.tag);
  return (writer, message: Readonly<Record<string, unknown>>) => {
    for (const { name, defaultValue, write } of inLine) {
      const value = message[name];
      write(writer, value === undefined ? defaultValue : value);
    }
    if (flexible) writeTaggedFields(writer, message, tagged);
  };
}

/** A tagged field is sent only when it differs from its default. */
function writeTaggedFields(
  writer: FrameWriter,
  message: Readonly<Record<string, unknown>>,
  tagged: readonly FieldWriter[],
): void {
  const sent = tagged.filter(({ name, defaultValue }) => !isDefault(message[name], defaultValue));
  writer.out.unsignedVarint(sent.length);
  for (const { name, tag, write } of sent) {
    const inner = new FrameWriter(64);
    write(inner, message[name]);
    const bytes = joinFrame(inner.finish());
    writer.out.unsignedVarint(tag);
    writer.out.unsignedVarint(bytes.length);
    writer.out.bytes(bytes);
  }
}

function isDefault(value: unknown, defaultValue: unknown): boolean {
  return value === undefined || value === defaultValue || (Array.isArray(value) && value.length === 0);
}

function fieldWriter(name: string, field: Field, version: number, flexible: boolean): ValueWriter {
  const nullable = includesVersion(field.nullableIn, version);
  const { shape } = field;
  switch (shape.kind) {
    case 'scalar':
      return scalarWriter(name, shape.type, nullable, flexible);
    case 'list':
      return arrayWriter(name, scalarWriter(name, shape.type, false, flexible), nullable, flexible);
    case 'array':
      return arrayWriter(name, fieldsWriter(shape.fields, version, flexible), nullable, flexible);
    case 'struct': {
      const write = fieldsWriter(shape.fields, version, flexible);
      return nullable ? nullableStructWriter(write) : write;
    }
    default:
      return unreachable(shape);
  }
}

function nullableStructWriter(write: ValueWriter): ValueWriter {
  return (writer, value: unknown) => {
    writer.out.int8(value === null ? -1 : 1);
    if (value !== null) write(writer, value as never);
  };
}

function scalarWriter(name: string, type: ScalarType, nullable: boolean, flexible: boolean): ValueWriter {
  switch (type) {
    case 'bool':
      return ({ out }, value: boolean) => out.boolean(value);
    case 'int8':
      return ({ out }, value: number) => out.int8(value);
    case 'int16':
      return ({ out }, value: number) => out.int16(value);
    case 'uint16':
      return ({ out }, value: number) => out.uint16(value);
    case 'int32':
      return ({ out }, value: number) => out.int32(value);
    case 'int64':
    case 'int64Clamped':
      return ({ out }, value: number) => out.int64(value);
    case 'uuid':
      return ({ out }, value: string) => out.bytes(uuidToBytes(value));
    case 'string': {
      const writeLength = flexible ? writeCompactLength : (out: ByteWriter, length: number) => out.int16(length);
      return ({ out }, value: string | null) => {
        if (value === null) return writeLength(out, nullLength(name, nullable));
        writeLength(out, Buffer.byteLength(value));
        out.utf8(value);
      };
    }
    case 'bytes':
    case 'records': {
      const writeLength = flexible ? writeCompactLength : (out: ByteWriter, length: number) => out.int32(length);
      return (writer, value: Buffer | null) => {
        if (value === null) return writeLength(writer.out, nullLength(name, nullable));
        writeLength(writer.out, value.length);
        writer.view(value);
      };
    }
    default:
      return unreachable(type);
  }
}

function arrayWriter(name: string, writeElement: ValueWriter, nullable: boolean, flexible: boolean): ValueWriter {
  const writeLength = flexible ? writeCompactLength : (out: ByteWriter, length: number) => out.int32(length);
  return (writer, value: readonly never[] | null) => {
    if (value === null) return writeLength(writer.out, nullLength(name, nullable));
    writeLength(writer.out, value.length);
    for (const element of value) writeElement(writer, element);
  };
}

function writeCompactLength(out: ByteWriter, length: number): void {
  out.unsignedVarint(length + 1);
}

function nullLength(name: string, nullable: boolean): number {
  invariant(nullable, 'null in a field that allows none', { name });
  return -1;
}
