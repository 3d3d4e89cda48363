import { ZERO_UUID, type Uuid } from '@milena/model';
import { NO_VERSIONS, versionRange, type VersionRange } from './version-range';

/** A value that is not made of others. `int64Clamped` is an int64 whose sender may mean "no limit" by Long.MAX. */
export type ScalarType =
  'bool' | 'int8' | 'int16' | 'uint16' | 'int32' | 'int64' | 'int64Clamped' | 'string' | 'uuid' | 'bytes' | 'records';

/** What a field holds. */
export type FieldShape =
  | { readonly kind: 'scalar'; readonly type: ScalarType }
  | { readonly kind: 'list'; readonly type: ScalarType }
  | { readonly kind: 'array'; readonly fields: Fields }
  | { readonly kind: 'struct'; readonly fields: Fields };

/**
 * One field of a message: what it holds, which versions have it, in which it may be null, its tag when it is a tagged
 * field (KIP-482), and the value it has in a version that lacks it. `Value` is its type in a decoded message, `Input`
 * the one encoders take; `Optional` says whether encoders may be given a message without it.
 */
export interface Field<Value = unknown, Input = unknown, Optional extends boolean = boolean> {
  readonly shape: FieldShape;
  readonly versions: VersionRange;
  readonly nullableIn: VersionRange;
  readonly tag: number | undefined;
  readonly defaultValue: Value;
  readonly optional: Optional;
  /** Carries the type only; never set. */
  readonly inputType?: Input;
}

/** The fields of a message or of an element, in wire order. */
export type Fields = Readonly<Record<string, Field>>;

/** A decoded message: every field is there whatever the version, with its default where the version lacks it. */
export type Message<F extends Fields> = { readonly [K in keyof F]: F[K]['defaultValue'] };

type InputOf<F extends Field> = Exclude<F['inputType'], undefined>;

/**
 * A message to encode. A field may be left out, and then has its default, when it is tagged, has a stated default or
 * is missing in some versions. Values of fields that the version lacks are dropped.
 */
export type MessageInput<F extends Fields> = {
  readonly [K in keyof F as F[K]['optional'] extends true ? never : K]: InputOf<F[K]>;
} & {
  readonly [K in keyof F as F[K]['optional'] extends true ? K : never]?: InputOf<F[K]>;
};

/** `nullable`: versions that allow null. `tag`: number of a tagged field. `default`: where Kafka's is not the zero value. */
interface FieldOptions<T> {
  readonly nullable?: string;
  readonly tag?: number;
  readonly default?: T | null;
}

type NoOptions = Readonly<Record<never, never>>;
type Nullable<T, O> = O extends { readonly nullable: string } ? T | null : T;
type IsOptional<V extends string, O> = V extends '0+'
  ? O extends { readonly default: unknown } | { readonly tag: number }
    ? true
    : false
  : true;

function field(
  shape: FieldShape,
  versions: string,
  options: FieldOptions<unknown>,
  zero: unknown,
): Omit<Field, 'optional'> & { readonly optional: never } {
  return {
    shape,
    versions: versionRange(versions),
    nullableIn: options.nullable === undefined ? NO_VERSIONS : versionRange(options.nullable),
    tag: options.tag,
    defaultValue: options.default === undefined ? zero : options.default,
    optional: (versions !== '0+' || options.default !== undefined || options.tag !== undefined) as never,
  };
}

function scalar<T>(type: ScalarType, zero: T) {
  return <V extends string, const O extends FieldOptions<T> = NoOptions>(
    versions: V,
    options?: O,
  ): Field<Nullable<T, O>, Nullable<T, O>, IsOptional<V, O>> =>
    field({ kind: 'scalar', type }, versions, options ?? {}, zero) as Field<
      Nullable<T, O>,
      Nullable<T, O>,
      IsOptional<V, O>
    >;
}

function scalarList<T>(type: ScalarType) {
  return <V extends string, const O extends FieldOptions<readonly T[]> = NoOptions>(
    versions: V,
    options?: O,
  ): Field<Nullable<readonly T[], O>, Nullable<readonly T[], O>, IsOptional<V, O>> =>
    field({ kind: 'list', type }, versions, options ?? {}, EMPTY_ARRAY) as Field<
      Nullable<readonly T[], O>,
      Nullable<readonly T[], O>,
      IsOptional<V, O>
    >;
}

const EMPTY_ARRAY: readonly never[] = Object.freeze([]);
const EMPTY_BYTES = Buffer.alloc(0);

/** One byte, false is 0. */
export const bool = scalar<boolean>('bool', false);
/** Signed 8-bit integer. */
export const int8 = scalar<number>('int8', 0);
/** Signed 16-bit integer. */
export const int16 = scalar<number>('int16', 0);
/** Unsigned 16-bit integer, as a port is. */
export const uint16 = scalar<number>('uint16', 0);
/** Signed 32-bit integer. */
export const int32 = scalar<number>('int32', 0);
/** Signed 64-bit integer; a value that is not a safe integer is malformed. */
export const int64 = scalar<number>('int64', 0);
/** Signed 64-bit integer that a client chooses freely (an offset to seek, a timestamp): clamped to the safe integers. */
export const int64Clamped = scalar<number>('int64Clamped', 0);
/** UTF-8 text. */
export const string = scalar<string>('string', '');
/** 128-bit id in Kafka's text form. */
export const uuid = scalar<Uuid>('uuid', ZERO_UUID);
/** Bytes whose meaning only clients know: decoding gives a view into the frame. */
export const bytes = scalar<Buffer>('bytes', EMPTY_BYTES);
/** Record batches as opaque bytes: decoding gives a view into the frame, encoding does not copy large ones. */
export const records = scalar<Buffer>('records', EMPTY_BYTES);
/** Array of 8-bit integers. */
export const int8List = scalarList<number>('int8');
/** Array of 32-bit integers. */
export const int32List = scalarList<number>('int32');
/** Array of texts. */
export const stringList = scalarList<string>('string');

/** Array of elements that have fields. */
export function array<V extends string, F extends Fields, const O extends FieldOptions<readonly never[]> = NoOptions>(
  versions: V,
  fields: F,
  options?: O,
): Field<Nullable<readonly Message<F>[], O>, Nullable<readonly MessageInput<F>[], O>, IsOptional<V, O>> {
  return field({ kind: 'array', fields }, versions, options ?? {}, EMPTY_ARRAY) as Field<
    Nullable<readonly Message<F>[], O>,
    Nullable<readonly MessageInput<F>[], O>,
    IsOptional<V, O>
  >;
}

/** A nested element that may be absent: null when its tag is not sent or its null marker says so. */
export function struct<V extends string, F extends Fields, const O extends FieldOptions<null> = NoOptions>(
  versions: V,
  fields: F,
  options?: O,
): Field<Message<F> | null, MessageInput<F> | null, true> {
  return field({ kind: 'struct', fields }, versions, options ?? {}, null) as Field<
    Message<F> | null,
    MessageInput<F> | null,
    true
  >;
}
