import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';

/** Kinds of values that the short way through protobuf knows. An enum is an int32 on the wire and here. */
export type QuickKind = 'int32' | 'sint32' | 'int64' | 'sint64' | 'bool' | 'string' | 'bytes' | 'message';

/** One field of a message, as the short way needs it. */
export interface QuickField {
  readonly name: string;
  readonly number: number;
  readonly kind: QuickKind;
  readonly isRepeated: boolean;
  /** Whether being absent is something else than being zero. */
  readonly hasPresence: boolean;
  /** Number and wire type as they stand before a value, or before all of a packed list. */
  readonly tag: number;
  /** Fields of the message that is the value. */
  readonly message: QuickFields | undefined;
}

/** A message whose fields are all of kinds that the short way knows. */
export interface QuickFields {
  readonly typeName: string;
  /** In order of number. */
  readonly fields: readonly QuickField[];
  readonly byNumber: ReadonlyMap<number, QuickField>;
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;
/** Deeper messages, and those that contain themselves, are left to the generated code. */
const DEPTH_MAX = 8;

/** Whether values of a kind are varints: of those a list is packed. */
export function isVarint(kind: QuickKind): boolean {
  return kind !== 'string' && kind !== 'bytes' && kind !== 'message';
}

/** The fields of a message; undefined when one of them needs more of protobuf than is known here. */
export function quickFields(schema: DescMessage, depth = 0): QuickFields | undefined {
  if (depth > DEPTH_MAX || schema.typeName.startsWith('google.')) return undefined;
  const fields = schema.fields.map((field) => quickField(field, depth)).filter((field) => field !== undefined);
  if (fields.length < schema.fields.length) return undefined;
  fields.sort((left, right) => left.number - right.number);
  return {
    typeName: schema.typeName,
    fields,
    byNumber: new Map(fields.map((field) => [field.number, field])),
  };
}

function quickField(field: DescField, depth: number): QuickField | undefined {
  const kind = kindOf(field);
  if (kind === undefined || field.oneof !== undefined) return undefined;
  const message = field.message === undefined ? undefined : quickFields(field.message, depth + 1);
  if ((message === undefined) !== (kind !== 'message')) return undefined;
  const isRepeated = field.fieldKind === 'list';
  if (isRepeated && isVarint(kind) && !field.packed) return undefined;
  const isWhole = isVarint(kind) && !isRepeated;
  return {
    name: field.localName,
    number: field.number,
    kind,
    isRepeated,
    hasPresence: kind === 'message' || field.proto.proto3Optional,
    tag: (field.number << 3) | (isWhole ? VARINT : LENGTH_DELIMITED),
    message,
  };
}

function kindOf(field: DescField): QuickKind | undefined {
  const kind = field.fieldKind === 'list' ? field.listKind : field.fieldKind;
  if (kind === 'enum') return 'int32';
  if (kind === 'message') return 'delimitedEncoding' in field && field.delimitedEncoding ? undefined : 'message';
  if (kind !== 'scalar' || ('longAsString' in field && field.longAsString)) return undefined;
  return SCALARS.get(field.scalar);
}

const SCALARS: ReadonlyMap<ScalarType | undefined, QuickKind> = new Map([
  [ScalarType.INT32, 'int32'],
  [ScalarType.SINT32, 'sint32'],
  [ScalarType.INT64, 'int64'],
  [ScalarType.SINT64, 'sint64'],
  [ScalarType.BOOL, 'bool'],
  [ScalarType.STRING, 'string'],
  [ScalarType.BYTES, 'bytes'],
]);
