import { type ByteReader, type ByteWriter, MalformedInput } from '@milena/bytes';
import { readCompactLength, readUuid, skipTaggedFields, writeNoTaggedFields } from './flexible-fields';

/** First record of every leader epoch: who leads, who may vote and who voted (KIP-595, LeaderChangeMessage). */
export interface LeaderChange {
  readonly type: 'leader-change';
  readonly leaderId: number;
  readonly voterIds: readonly number[];
  readonly grantingVoterIds: readonly number[];
}

function writeVoters(writer: ByteWriter, voterIds: readonly number[]): void {
  writer.unsignedVarint(voterIds.length + 1);
  for (const voterId of voterIds) {
    writer.int32(voterId);
    writeNoTaggedFields(writer);
  }
}

function readVoters(reader: ByteReader, version: number): number[] {
  const count = readCompactLength(reader, 5);
  const voterIds: number[] = [];
  for (let index = 0; index < count; index += 1) {
    voterIds.push(reader.int32());
    if (version >= 1) readUuid(reader);
    skipTaggedFields(reader);
  }
  return voterIds;
}

/** Writes the value of a leader change record, version 0. */
export function writeLeaderChange(writer: ByteWriter, change: LeaderChange): void {
  writer.int16(0);
  writer.int32(change.leaderId);
  writeVoters(writer, change.voterIds);
  writeVoters(writer, change.grantingVoterIds);
  writeNoTaggedFields(writer);
}

/** Reads the value of a leader change record, version 0 or 1; version 1's directory ids are skipped. */
export function readLeaderChange(reader: ByteReader): LeaderChange {
  const version = reader.int16();
  if (version < 0 || version > 1) throw new MalformedInput(`leader change record of version ${version}`);
  const leaderId = reader.int32();
  const voterIds = readVoters(reader, version);
  const grantingVoterIds = readVoters(reader, version);
  skipTaggedFields(reader);
  return { type: 'leader-change', leaderId, voterIds, grantingVoterIds };
}
