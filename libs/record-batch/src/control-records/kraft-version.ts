import { type ByteReader, type ByteWriter, MalformedInput } from '@milena/bytes';
import { skipTaggedFields, writeNoTaggedFields } from './flexible-fields';

/** Finalized `kraft.version`: 0 static voters, 1 voters by VotersRecord (KIP-853, KRaftVersionRecord). */
export interface KRaftVersion {
  readonly type: 'kraft-version';
  readonly kraftVersion: number;
}

/** Writes the value of a KRaft version record, version 0. */
export function writeKRaftVersion(writer: ByteWriter, record: KRaftVersion): void {
  writer.int16(0);
  writer.int16(record.kraftVersion);
  writeNoTaggedFields(writer);
}

/** Reads the value of a KRaft version record. */
export function readKRaftVersion(reader: ByteReader): KRaftVersion {
  const version = reader.int16();
  if (version !== 0) throw new MalformedInput(`kraft version record of version ${version}`);
  const kraftVersion = reader.int16();
  skipTaggedFields(reader);
  return { type: 'kraft-version', kraftVersion };
}
