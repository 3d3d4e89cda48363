import { type ByteReader, type ByteWriter, MalformedInput } from '@milena/bytes';
import { skipTaggedFields, writeNoTaggedFields } from './flexible-fields';

/** Last record of a snapshot (KIP-630, SnapshotFooterRecord): without it the file is not complete. */
export interface SnapshotFooter {
  readonly type: 'snapshot-footer';
}

/** Writes the value of a snapshot footer record, version 0. */
export function writeSnapshotFooter(writer: ByteWriter): void {
  writer.int16(0);
  writeNoTaggedFields(writer);
}

/** Reads the value of a snapshot footer record. */
export function readSnapshotFooter(reader: ByteReader): SnapshotFooter {
  const version = reader.int16();
  if (version !== 0) throw new MalformedInput(`snapshot footer record of version ${version}`);
  skipTaggedFields(reader);
  return { type: 'snapshot-footer' };
}
