import { invariant } from './invariant';

declare const brand: unique symbol;
type Branded<Name extends string> = number & { readonly [brand]: Name };

/** Absolute position of a record in a partition's log, or of the next one to be written. A safe integer, 0 or more. */
export type Offset = Branded<'Offset'>;

/** Milliseconds since 1970-01-01 UTC as a record or checkpoint carries them; -1 where Kafka says "no timestamp". */
export type TimestampMs = Branded<'TimestampMs'>;

/** Id of an idempotent or transactional producer; -1 for none. */
export type ProducerId = Branded<'ProducerId'>;

/** Offset 0, where every log begins. */
export const ZERO_OFFSET = 0 as Offset;
/** Kafka's "no offset". */
export const NO_OFFSET = -1 as Offset;
/** Kafka's "no timestamp". */
export const NO_TIMESTAMP = -1 as TimestampMs;
/** Kafka's "no producer id": the batch is not idempotent. */
export const NO_PRODUCER_ID = -1 as ProducerId;
/** Kafka's "no leader epoch". */
export const NO_EPOCH = -1;
/** Kafka's "no node", used for an absent leader. */
export const NO_NODE = -1;
/** Long.MAX_VALUE as config texts write it. A JavaScript number cannot hold it, so arithmetic uses Number.MAX_SAFE_INTEGER. */
export const LONG_MAX_TEXT = '9223372036854775807';

function safeInteger(value: number, kind: string, min: number): number {
  invariant(Number.isSafeInteger(value) && value >= min, `not a valid ${kind}`, { value });
  return value;
}

/** Brands a number from inside the process as an offset; a negative or unsafe one is a broken invariant. */
export function offset(value: number): Offset {
  return safeInteger(value, 'offset', 0) as Offset;
}

/** `base` moved by `delta` records. */
export function addOffset(base: Offset, delta: number): Offset {
  return offset(base + delta);
}

/** The smaller of two offsets. */
export function minOffset(left: Offset, right: Offset): Offset {
  return left < right ? left : right;
}

/** The larger of two offsets. */
export function maxOffset(left: Offset, right: Offset): Offset {
  return left > right ? left : right;
}

/** Brands a number as a timestamp; -1 is allowed and means none. */
export function timestampMs(value: number): TimestampMs {
  return safeInteger(value, 'timestamp', -1) as TimestampMs;
}

/** Brands a number as a producer id; -1 is allowed and means none. */
export function producerId(value: number): ProducerId {
  return safeInteger(value, 'producer id', -1) as ProducerId;
}

/** True when a 64-bit value read from outside fits the numbers we compute with. Edges check this before branding. */
export function isSafeLong(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
}
