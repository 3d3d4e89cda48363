import { type ByteReader, type ByteWriter, MalformedInput } from '@milena/bytes';
import { uuidFromBytes, uuidToBytes, type Uuid } from '@milena/model';

/** Length prefix of a non-null compact array; MalformedInput when null or more than the bytes that remain can hold. */
export function readCompactLength(reader: ByteReader, elementBytesMin: number): number {
  const length = reader.unsignedVarint() - 1;
  if (length < 0 || length * elementBytesMin > reader.remaining) {
    throw new MalformedInput(`compact array of ${length} in ${reader.remaining} bytes`);
  }
  return length;
}

/** A non-null compact string. */
export function readCompactString(reader: ByteReader): string {
  return reader.utf8(readCompactLength(reader, 1));
}

/** Writes a non-null compact string. */
export function writeCompactString(writer: ByteWriter, text: string): void {
  writer.unsignedVarint(Buffer.byteLength(text, 'utf8') + 1);
  writer.utf8(text);
}

/** A 16-byte uuid. */
export function readUuid(reader: ByteReader): Uuid {
  return uuidFromBytes(reader.bytes(16));
}

/** Writes a uuid as 16 bytes. */
export function writeUuid(writer: ByteWriter, uuid: Uuid): void {
  writer.bytes(uuidToBytes(uuid));
}

/** Skips the tagged fields that end every flexible struct (KIP-482); tags of newer writers are ignored. */
export function skipTaggedFields(reader: ByteReader): void {
  for (let count = reader.unsignedVarint(); count > 0; count -= 1) {
    reader.unsignedVarint();
    reader.skip(reader.unsignedVarint());
  }
}

/** Writes "no tagged fields". */
export function writeNoTaggedFields(writer: ByteWriter): void {
  writer.unsignedVarint(0);
}
