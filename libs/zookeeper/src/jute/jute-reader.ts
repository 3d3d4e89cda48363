import { MalformedInput, type ByteReader } from '@milena/bytes';

/** A ustring; undefined when it is null. */
export function readOptionalText(reader: ByteReader): string | undefined {
  const length = readLength(reader);
  return length === undefined ? undefined : reader.utf8(length);
}

/** A ustring; null reads as the empty text, which is no path and no scheme. */
export function readText(reader: ByteReader): string {
  return readOptionalText(reader) ?? '';
}

/** A buffer, as a view; undefined when it is null. */
export function readOptionalBytes(reader: ByteReader): Buffer | undefined {
  const length = readLength(reader);
  return length === undefined ? undefined : reader.bytes(length);
}

/** A vector whose items take at least `itemBytesMin` each; null reads as empty. MalformedInput when the bytes cannot hold it. */
export function readVector<Item>(
  reader: ByteReader,
  itemBytesMin: number,
  readItem: (reader: ByteReader) => Item,
): Item[] {
  const count = readLength(reader) ?? 0;
  if (count * itemBytesMin > reader.remaining) {
    throw new MalformedInput(`vector of ${count} items in ${reader.remaining} bytes`);
  }
  const items: Item[] = [];
  for (let index = 0; index < count; index += 1) items.push(readItem(reader));
  return items;
}

/** A vector of ustrings. */
export function readTexts(reader: ByteReader): string[] {
  return readVector(reader, 4, readText);
}

function readLength(reader: ByteReader): number | undefined {
  const length = reader.int32();
  if (length < -1) throw new MalformedInput(`length of ${length}`);
  return length === -1 ? undefined : length;
}
