import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { MalformedInput } from '@milena/bytes';
import type { MetadataRecord } from '../metadata-record';

/** How one kind of metadata record is written as its protobuf message and read back. */
export interface RecordMessage<R extends MetadataRecord> {
  encode(record: R): Uint8Array;
  /** Throws MalformedInput when the bytes are no such message or hold a value out of range. */
  decode(bytes: Buffer): R;
}

/** Pairs a protobuf message with the translations to and from the core's record. */
export function recordMessage<R extends MetadataRecord, Desc extends DescMessage>(
  schema: Desc,
  toMessage: (record: R) => MessageInitShape<Desc>,
  fromMessage: (message: MessageShape<Desc>) => R,
): RecordMessage<R> {
  return {
    encode: (record) => toBinary(schema, create(schema, toMessage(record))),
    decode: (bytes) => fromMessage(parse(schema, bytes)),
  };
}

function parse<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array): MessageShape<Desc> {
  try {
    return fromBinary(schema, bytes, { readUnknownFields: false });
  } catch (cause) {
    throw new MalformedInput(`not a ${schema.typeName}`, { cause });
  }
}
