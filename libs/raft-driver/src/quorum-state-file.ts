import { crc32c, MalformedInput } from '@milena/bytes';
import { replaceFile } from '@milena/log-store';
import { isUuid, NO_NODE, ZERO_UUID, type Uuid } from '@milena/model';
import type { Disk } from '@milena/platform';
import type { QuorumState } from '@milena/raft';
import { readWholeFile } from './read-whole-file';

/** Name of the file beside the metadata log's segments. */
export const QUORUM_STATE_FILE = 'quorum-state';

const MAX_BYTES = 64 * 1024;
/** Name of the field that Kafka does not have. */
const CHECKSUM = 'crc32c';

/** A quorum-state file that cannot be used. The node must not start: forgetting a vote could elect two leaders. */
export class UnusableQuorumState extends Error {
  override readonly name = 'UnusableQuorumState';
}

/** How the state is written. Version 0 (kraft.version 0, static voters) has no directory ids but lists the voters. */
export type QuorumStateFormat =
  { readonly dataVersion: 0; readonly voterIds: readonly number[] } | { readonly dataVersion: 1 };

/**
 * The one line of JSON that Kafka writes (FileBasedStateStore, schema QuorumStateData 0-1; fields in Kafka's order), with one
 * field more at its end: a CRC-32C of the rest, because a vote of which one digit changed is a forgotten vote.
 */
export function encodeQuorumState(state: QuorumState, format: QuorumStateFormat): string {
  const fields = stateFields(state, format);
  return JSON.stringify({ ...fields, [CHECKSUM]: checksumOf(fields) });
}

function stateFields(state: QuorumState, format: QuorumStateFormat): Readonly<Record<string, unknown>> {
  const common = { leaderId: state.leaderId, leaderEpoch: state.leaderEpoch, votedId: state.votedId };
  if (format.dataVersion === 1) {
    return { ...common, votedDirectoryId: state.votedDirectoryId, data_version: 1 };
  }
  return {
    clusterId: '',
    ...common,
    appliedOffset: 0,
    currentVoters: format.voterIds.map((voterId) => ({ voterId })),
    data_version: 0,
  };
}

function checksumOf(fields: Readonly<Record<string, unknown>>): string {
  return crc32c(Buffer.from(JSON.stringify(fields), 'utf8'))
    .toString(16)
    .padStart(8, '0');
}

/**
 * Parses the file's text, Kafka's own too, which has no checksum; UnusableQuorumState when it is damaged or of a version we
 * do not know (KAFKA-15412).
 */
export function decodeQuorumState(text: string): QuorumState {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new UnusableQuorumState('quorum-state is not JSON', { cause });
  }
  if (typeof parsed !== 'object' || parsed === null) throw new UnusableQuorumState('quorum-state is not an object');
  const { [CHECKSUM]: checksum, ...fields } = parsed as Readonly<Record<string, unknown>>;
  if (checksum !== undefined && checksum !== checksumOf(fields)) {
    throw new UnusableQuorumState('quorum-state fails its checksum');
  }
  const version = fields['data_version'];
  if (version !== 0 && version !== 1) {
    throw new UnusableQuorumState(`quorum-state has data_version ${JSON.stringify(version)}, known are 0 and 1`);
  }
  return {
    leaderId: integer(fields, 'leaderId', NO_NODE),
    leaderEpoch: integer(fields, 'leaderEpoch', 0),
    votedId: integer(fields, 'votedId', NO_NODE),
    votedDirectoryId: version === 1 ? uuid(fields, 'votedDirectoryId') : ZERO_UUID,
  };
}

function integer(fields: Readonly<Record<string, unknown>>, name: string, min: number): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > 0x7fffffff) {
    throw new UnusableQuorumState(`quorum-state has no usable ${name}: ${JSON.stringify(value)}`);
  }
  return value;
}

function uuid(fields: Readonly<Record<string, unknown>>, name: string): Uuid {
  const value = fields[name];
  if (typeof value !== 'string' || !isUuid(value)) {
    throw new UnusableQuorumState(`quorum-state has no usable ${name}: ${JSON.stringify(value)}`);
  }
  return value;
}

/**
 * Reads the file in the metadata log's folder; undefined when this node never took part in an election. UnusableQuorumState
 * names the file.
 */
export function readQuorumState(disk: Disk, folder: string): QuorumState | undefined {
  const path = `${folder}/${QUORUM_STATE_FILE}`;
  try {
    const content = readWholeFile(disk, path, MAX_BYTES);
    return content === undefined ? undefined : decodeQuorumState(content.toString('utf8'));
  } catch (cause) {
    if (!(cause instanceof UnusableQuorumState || cause instanceof MalformedInput)) throw cause;
    throw new UnusableQuorumState(`${path} cannot be used: ${cause.message}`, { cause });
  }
}

/** Replaces the file; resolves when it is durable. An election waits for nothing else, so neither does this process. */
export function writeQuorumState(
  disk: Disk,
  folder: string,
  state: QuorumState,
  format: QuorumStateFormat,
): Promise<void> {
  return replaceFile(disk, `${folder}/${QUORUM_STATE_FILE}`, encodeQuorumState(state, format), { urgent: true });
}
