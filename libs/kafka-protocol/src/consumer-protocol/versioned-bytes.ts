import { ByteReader, MalformedInput } from '@milena/bytes';
import { invariant } from '@milena/model';
import type { Fields, Message, MessageInput } from '../field';
import { joinFrame } from '../frame';
import { FrameWriter } from '../frame-writer';
import { compileMessageReader } from '../message-reader';
import { compileMessageWriter } from '../message-writer';

/** A message of clients among themselves: a 16-bit version, then the fields of that version, never flexible. */
export interface VersionedBytes<F extends Fields> {
  readonly versionMax: number;
  encode(version: number, message: MessageInput<F>): Buffer;
  /** Later versions than ours only append fields, and are read as ours. MalformedInput when the bytes are no such message. */
  decode(bytes: Buffer): Message<F>;
}

/** Makes the codec of a message whose versions go from 0 to `versionMax`. */
export function defineVersionedBytes<F extends Fields>(fields: F, versionMax: number): VersionedBytes<F> {
  const versions = Array.from({ length: versionMax + 1 }, (_, version) => ({
    reader: compileMessageReader(fields, version, false),
    writer: compileMessageWriter(fields, version, false),
  }));
  return {
    versionMax,
    encode(version, message) {
      const codec = versions[version];
      invariant(codec !== undefined, 'no schema for this version', { version });
      const writer = new FrameWriter();
      writer.out.int16(version);
      codec.writer.write(writer, message);
      return joinFrame(writer.finish());
    },
    decode(bytes) {
      const reader = new ByteReader(bytes);
      const version = reader.int16();
      const codec = versions[Math.min(version, versionMax)];
      if (codec === undefined) throw new MalformedInput(`version ${version}`);
      return codec.reader.read(reader);
    },
  };
}
