import { type ByteReader, type ByteWriter, MalformedInput } from '@milena/bytes';
import type { Uuid } from '@milena/model';
import {
  readCompactLength,
  readCompactString,
  readUuid,
  skipTaggedFields,
  writeCompactString,
  writeNoTaggedFields,
  writeUuid,
} from './flexible-fields';

/** A listener of a voter. */
export interface VoterEndpoint {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** A voter as the voters record carries it: identity, where to reach it, and the kraft.version range it supports. */
export interface VoterEntry {
  readonly voterId: number;
  readonly directoryId: Uuid;
  readonly endpoints: readonly VoterEndpoint[];
  readonly kraftVersionMin: number;
  readonly kraftVersionMax: number;
}

/** The whole voter set from this record's offset on (KIP-853, VotersRecord). */
export interface Voters {
  readonly type: 'voters';
  readonly voters: readonly VoterEntry[];
}

function writeVoter(writer: ByteWriter, voter: VoterEntry): void {
  writer.int32(voter.voterId);
  writeUuid(writer, voter.directoryId);
  writer.unsignedVarint(voter.endpoints.length + 1);
  for (const { name, host, port } of voter.endpoints) {
    writeCompactString(writer, name);
    writeCompactString(writer, host);
    writer.uint16(port);
    writeNoTaggedFields(writer);
  }
  writer.int16(voter.kraftVersionMin);
  writer.int16(voter.kraftVersionMax);
  writeNoTaggedFields(writer);
  writeNoTaggedFields(writer);
}

function readEndpoints(reader: ByteReader): VoterEndpoint[] {
  const count = readCompactLength(reader, 5);
  const endpoints: VoterEndpoint[] = [];
  for (let index = 0; index < count; index += 1) {
    endpoints.push({ name: readCompactString(reader), host: readCompactString(reader), port: reader.uint16() });
    skipTaggedFields(reader);
  }
  return endpoints;
}

function readVoter(reader: ByteReader): VoterEntry {
  const voterId = reader.int32();
  const directoryId = readUuid(reader);
  const endpoints = readEndpoints(reader);
  const kraftVersionMin = reader.int16();
  const kraftVersionMax = reader.int16();
  skipTaggedFields(reader);
  skipTaggedFields(reader);
  return { voterId, directoryId, endpoints, kraftVersionMin, kraftVersionMax };
}

/** Writes the value of a voters record, version 0. */
export function writeVoters(writer: ByteWriter, { voters }: Voters): void {
  writer.int16(0);
  writer.unsignedVarint(voters.length + 1);
  for (const voter of voters) writeVoter(writer, voter);
  writeNoTaggedFields(writer);
}

/** Reads the value of a voters record. */
export function readVoters(reader: ByteReader): Voters {
  const version = reader.int16();
  if (version !== 0) throw new MalformedInput(`voters record of version ${version}`);
  const count = readCompactLength(reader, 27);
  const voters: VoterEntry[] = [];
  for (let index = 0; index < count; index += 1) voters.push(readVoter(reader));
  skipTaggedFields(reader);
  return { type: 'voters', voters };
}
