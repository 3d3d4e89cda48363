import { replaceFile } from '@milena/log-store';
import { isUuid, NO_NODE, ZERO_UUID, type Uuid } from '@milena/model';
import type { Disk } from '@milena/platform';
import type { QuorumState } from '@milena/raft';
import { readWholeFile } from './read-whole-file';

/** Name of the file beside the metadata log's segments. */
export const QUORUM_STATE_FILE = 'quorum-state';

const MAX_BYTES = 64 * 1024;

/** A quorum-state file that cannot be used. The node must not start: forgetting a vote could elect two leaders. */
export class UnusableQuorumState extends Error {
  override readonly name = 'UnusableQuorumState';
}

/** How the state is written. Version 0 (kraft.version 0, static voters) has no directory ids but lists the voters. */
export type QuorumStateFormat =
  { readonly dataVersion: 0; readonly voterIds: readonly number[] } | { readonly dataVersion: 1 };

/** The one line of JSON that Kafka writes (FileBasedStateStore, schema QuorumStateData 0-1; fields in Kafka's order). */
export function encodeQuorumState(state: QuorumState, format: QuorumStateFormat): string {
  const common = { leaderId: state.leaderId, leaderEpoch: state.leaderEpoch, votedId: state.votedId };
  if (format.dataVersion === 1) {
    return JSON.stringify({ ...common, votedDirectoryId: state.votedDirectoryId, data_version: 1 });
  }
  return JSON.stringify({
    clusterId: '',
    ...common,
    appliedOffset: 0,
    currentVoters: format.voterIds.map((voterId) => ({ voterId })),
    data_version: 0,
  });
}

/** Parses the file's text; UnusableQuorumState when it is damaged or of a version we do not know (KAFKA-15412). */
export function decodeQuorumState(text: string): QuorumState {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new UnusableQuorumState('quorum-state is not JSON', { cause });
  }
  if (typeof parsed !== 'object' || parsed === null) throw new UnusableQuorumState('quorum-state is not an object');
  const fields = parsed as Readonly<Record<string, unknown>>;
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

/** Reads the file in the metadata log's folder; undefined when this node never took part in an election. */
export function readQuorumState(disk: Disk, folder: string): QuorumState | undefined {
  const content = readWholeFile(disk, `${folder}/${QUORUM_STATE_FILE}`, MAX_BYTES);
  return content === undefined ? undefined : decodeQuorumState(content.toString('utf8'));
}

/** Replaces the file; resolves when it is durable. */
export function writeQuorumState(
  disk: Disk,
  folder: string,
  state: QuorumState,
  format: QuorumStateFormat,
): Promise<void> {
  return replaceFile(disk, `${folder}/${QUORUM_STATE_FILE}`, Buffer.from(encodeQuorumState(state, format)));
}
