import { ByteReader, MalformedInput } from '@milena/bytes';
import { invariant } from '@milena/model';
import type { Fields, Message, MessageInput } from '../field';
import { joinFrame } from '../frame';
import { FrameWriter } from '../frame-writer';
import { compileMessageReader } from '../message-reader';
import { compileMessageWriter } from '../message-writer';

/** Key or value of a record that brokers keep in a topic of their own: a 16-bit version, then the fields of that version. */
export interface RecordSchema<F extends Fields> {
  readonly versionMin: number;
  readonly versionMax: number;
  encode(version: number, message: MessageInput<F>): Buffer;
  /** MalformedInput for bytes that are no such record, a version that is not known included. Bytes within are views. */
  decode(bytes: Buffer): Message<F>;
}

/** Versions of a record. Flexible ones have compact lengths and tagged fields (KIP-482). */
export interface RecordVersions {
  readonly min: number;
  readonly max: number;
  readonly flexibleFrom?: number;
}

/** Makes the codec of a record. */
export function defineRecordSchema<F extends Fields>(fields: F, versions: RecordVersions): RecordSchema<F> {
  const { min, max, flexibleFrom = Infinity } = versions;
  const codecs = Array.from({ length: max + 1 - min }, (_, index) => ({
    reader: compileMessageReader(fields, min + index, min + index >= flexibleFrom),
    writer: compileMessageWriter(fields, min + index, min + index >= flexibleFrom),
  }));
  return {
    versionMin: min,
    versionMax: max,
    encode(version, message) {
      const codec = codecs[version - min];
      invariant(codec !== undefined, 'no schema for this version', { version });
      const writer = new FrameWriter();
      writer.out.int16(version);
      codec.writer.write(writer, message);
      return joinFrame(writer.finish());
    },
    decode(bytes) {
      const reader = new ByteReader(bytes);
      const version = reader.int16();
      const codec = codecs[version - min];
      if (codec === undefined) throw new MalformedInput(`record version ${version}`);
      return codec.reader.read(reader);
    },
  };
}
