import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';
import { MalformedInput } from '@milena/bytes';
import { isSafeLong, isUuid, type Offset, offset, type Uuid } from '@milena/model';

/** Decodes a message; MalformedInput on bytes that are none. */
export function decodeMessage<Schema extends DescMessage>(schema: Schema, bytes: Uint8Array): MessageShape<Schema> {
  try {
    return fromBinary(schema, bytes);
  } catch (cause) {
    throw new MalformedInput(`not a ${schema.typeName}`, { cause });
  }
}

/** A uuid that must be there. */
export function uuidFromWire(text: string): Uuid {
  if (!isUuid(text)) throw new MalformedInput('not a uuid');
  return text;
}

/** A number of 0 or more: an id, an index, a count of bytes. */
export function naturalFromWire(value: number, what: string): number {
  if (value < 0) throw new MalformedInput(`${what} ${value}`);
  return value;
}

/** A number of 0 or more, or -1 for none: an epoch, a node id. */
export function naturalOrNoneFromWire(value: number, what: string): number {
  if (value < -1) throw new MalformedInput(`${what} ${value}`);
  return value;
}

/** An offset that must be there. */
export function offsetFromWire(value: bigint): Offset {
  if (value < 0n || !isSafeLong(value)) throw new MalformedInput(`offset ${value}`);
  return offset(Number(value));
}

/** An offset, or -1 for none, as a plain number. */
export function offsetOrNoneFromWire(value: bigint): number {
  if (value < -1n || !isSafeLong(value)) throw new MalformedInput(`offset ${value}`);
  return Number(value);
}

/** A host name or address that a connection can be tried to: neither blanks nor control characters. */
export function hostFromWire(host: string): string {
  if (!/^[^\s\p{Cc}]{1,255}$/u.test(host)) throw new MalformedInput(`host ${JSON.stringify(host)}`);
  return host;
}
