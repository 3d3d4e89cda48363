import type { ByteWriter } from '@milena/bytes';

/** A ustring; undefined as null. */
export function writeText(writer: ByteWriter, text: string | undefined): void {
  if (text === undefined) return writer.int32(-1);
  writer.int32(Buffer.byteLength(text, 'utf8'));
  writer.utf8(text);
}

/** A buffer; undefined as null. */
export function writeBytes(writer: ByteWriter, bytes: Uint8Array | undefined): void {
  if (bytes === undefined) return writer.int32(-1);
  writer.int32(bytes.length);
  writer.bytes(bytes);
}

/** A vector. */
export function writeVector<Item>(
  writer: ByteWriter,
  items: readonly Item[],
  writeItem: (writer: ByteWriter, item: Item) => void,
): void {
  writer.int32(items.length);
  for (const item of items) writeItem(writer, item);
}

/** A vector of ustrings. */
export function writeTexts(writer: ByteWriter, texts: readonly string[]): void {
  writeVector(writer, texts, writeText);
}
