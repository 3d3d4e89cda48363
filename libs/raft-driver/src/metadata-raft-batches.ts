import { MalformedInput } from '@milena/bytes';
import { type Offset, unreachable, ZERO_UUID } from '@milena/model';
import type { Clock } from '@milena/platform';
import { type ControlRecord, type RaftBatch, type RaftBatches, type Voter, VoterSet } from '@milena/raft';
import {
  batchesOf,
  type BatchView,
  type ControlRecord as StoredControlRecord,
  decodeControlRecord,
  decodeRecords,
  encodeControlBatch,
  type UnknownControlRecord,
  verifyCrc,
  type VoterEntry,
} from '@milena/record-batch';

/** Listener name under which voters are reached, and written when a voter set is stored. */
const CONTROLLER_LISTENER = 'CONTROLLER';

/** The raft state machine's view of record batches: Kafka's format, Kafka's control records. */
export function createMetadataRaftBatches(clock: Clock): RaftBatches {
  return {
    *read(records) {
      for (const view of batchesOf(asBuffer(records))) yield raftBatch(view);
    },
    encodeControl: ({ baseOffset, epoch, records }) =>
      encodeControlBatch({
        baseOffset,
        partitionLeaderEpoch: epoch,
        timestamp: clock.wallMs(),
        records: records.flatMap(toStored),
      }),
  };
}

/** A voter of the state machine as the voters record has it. */
export function voterEntry({ key, endpoint, kraftVersions }: Voter): VoterEntry {
  return {
    voterId: key.id,
    directoryId: key.directoryId ?? ZERO_UUID,
    endpoints: [{ name: CONTROLLER_LISTENER, ...endpoint }],
    kraftVersionMin: kraftVersions.min,
    kraftVersionMax: kraftVersions.max,
  };
}

/** Voters of a voters record as the state machine has them. MalformedInput when one has no listener or an id is twice there. */
export function voterSet(entries: readonly VoterEntry[]): VoterSet {
  if (new Set(entries.map((entry) => entry.voterId)).size !== entries.length) {
    throw new MalformedInput('a voter id is named twice');
  }
  return VoterSet.of(entries.map(voter));
}

function voter(entry: VoterEntry): Voter {
  const listener = entry.endpoints.find(({ name }) => name === CONTROLLER_LISTENER) ?? entry.endpoints[0];
  if (listener === undefined) throw new MalformedInput(`voter ${entry.voterId} has no listener`);
  const { directoryId } = entry;
  return {
    key: { id: entry.voterId, ...(directoryId === ZERO_UUID ? {} : { directoryId }) },
    endpoint: { host: listener.host, port: listener.port },
    kraftVersions: { min: entry.kraftVersionMin, max: entry.kraftVersionMax },
  };
}

function raftBatch({ header, bytes }: BatchView): RaftBatch {
  return {
    bytes,
    baseOffset: header.baseOffset,
    lastOffset: header.lastOffset,
    epoch: header.partitionLeaderEpoch,
    isIntact: () => verifyCrc(bytes),
    controlRecords: () => (header.isControl ? controlRecords(bytes) : []),
  };
}

function controlRecords(bytes: Buffer): readonly { readonly offset: Offset; readonly record: ControlRecord }[] {
  return decodeRecords(bytes).map((record) => ({
    offset: record.offset,
    record: fromStored(decodeControlRecord(record)),
  }));
}

function toStored(record: ControlRecord): readonly StoredControlRecord[] {
  switch (record.type) {
    case 'leaderChange':
      return [{ ...record, type: 'leader-change' }];
    case 'kraftVersion':
      return [{ type: 'kraft-version', kraftVersion: record.version }];
    case 'voters':
      return [{ type: 'voters', voters: record.voters.voters.map(voterEntry) }];
    case 'other':
      return [];
    default:
      return unreachable(record);
  }
}

function fromStored(record: StoredControlRecord | UnknownControlRecord): ControlRecord {
  switch (record.type) {
    case 'leader-change':
      return { ...record, type: 'leaderChange' };
    case 'kraft-version':
      return { type: 'kraftVersion', version: record.kraftVersion };
    case 'voters':
      return { type: 'voters', voters: voterSet(record.voters) };
    case 'snapshot-header':
    case 'snapshot-footer':
    case 'unknown':
      return { type: 'other' };
    default:
      return unreachable(record);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
