import { type ByteReader, type ByteWriter, MalformedInput } from '@milena/bytes';
import type { TimestampMs } from '@milena/model';
import { skipTaggedFields, writeNoTaggedFields } from './flexible-fields';

/** First record of a snapshot (KIP-630, SnapshotHeaderRecord): append time of the last record that it contains. */
export interface SnapshotHeader {
  readonly type: 'snapshot-header';
  readonly lastContainedLogTimestamp: TimestampMs;
}

/** Writes the value of a snapshot header record, version 0. */
export function writeSnapshotHeader(writer: ByteWriter, record: SnapshotHeader): void {
  writer.int16(0);
  writer.int64(record.lastContainedLogTimestamp);
  writeNoTaggedFields(writer);
}

/** Reads the value of a snapshot header record. */
export function readSnapshotHeader(reader: ByteReader): SnapshotHeader {
  const version = reader.int16();
  if (version !== 0) throw new MalformedInput(`snapshot header record of version ${version}`);
  const lastContainedLogTimestamp = reader.int64() as TimestampMs;
  skipTaggedFields(reader);
  return { type: 'snapshot-header', lastContainedLogTimestamp };
}
