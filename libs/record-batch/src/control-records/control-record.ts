import { ByteReader, ByteWriter, MalformedInput } from '@milena/bytes';
import { unreachable } from '@milena/model';
import type { LogRecord } from '../decode-records';
import { encodeBatch, type NewBatch, type NewRecord } from '../encode-batch';
import { readKRaftVersion, writeKRaftVersion, type KRaftVersion } from './kraft-version';
import { readLeaderChange, writeLeaderChange, type LeaderChange } from './leader-change';
import { readSnapshotFooter, writeSnapshotFooter, type SnapshotFooter } from './snapshot-footer';
import { readSnapshotHeader, writeSnapshotHeader, type SnapshotHeader } from './snapshot-header';
import { readVoters, writeVoters, type Voters } from './voters';

/** A control record of the metadata log or of a snapshot, told apart by `type`. */
export type ControlRecord = LeaderChange | KRaftVersion | Voters | SnapshotHeader | SnapshotFooter;

/** A control record of a type that this version does not know (transaction markers among them); readers skip it. */
export interface UnknownControlRecord {
  readonly type: 'unknown';
  readonly typeId: number;
}

const TYPE_IDS = {
  'leader-change': 2,
  'snapshot-header': 3,
  'snapshot-footer': 4,
  'kraft-version': 5,
  voters: 6,
} as const satisfies Record<ControlRecord['type'], number>;

function writeValue(writer: ByteWriter, record: ControlRecord): void {
  switch (record.type) {
    case 'leader-change':
      return writeLeaderChange(writer, record);
    case 'snapshot-header':
      return writeSnapshotHeader(writer, record);
    case 'snapshot-footer':
      return writeSnapshotFooter(writer);
    case 'kraft-version':
      return writeKRaftVersion(writer, record);
    case 'voters':
      return writeVoters(writer, record);
    default:
      return unreachable(record);
  }
}

/** Key {version int16 = 0, type int16} and flexible value of a control record, byte for byte Kafka's. */
export function encodeControlRecord(record: ControlRecord): NewRecord {
  const key = new ByteWriter(4);
  key.int16(0);
  key.int16(TYPE_IDS[record.type]);
  const value = new ByteWriter(64);
  writeValue(value, record);
  return { key: key.finish(), value: value.finish() };
}

/** Encodes one control batch; Kafka puts snapshot header, KRaft version and voters into one. */
export function encodeControlBatch(
  batch: Omit<NewBatch, 'records' | 'isControl'> & { readonly records: readonly ControlRecord[] },
): Buffer {
  return encodeBatch({ ...batch, isControl: true, records: batch.records.map(encodeControlRecord) });
}

/** Decodes a record of a control batch. Throws MalformedInput when key or value are missing or malformed. */
export function decodeControlRecord(record: Pick<LogRecord, 'key' | 'value'>): ControlRecord | UnknownControlRecord {
  if (record.key === null || record.value === null) throw new MalformedInput('control record without key or value');
  const key = new ByteReader(record.key);
  key.int16();
  const typeId = key.int16();
  const value = new ByteReader(record.value);
  switch (typeId) {
    case TYPE_IDS['leader-change']:
      return readLeaderChange(value);
    case TYPE_IDS['snapshot-header']:
      return readSnapshotHeader(value);
    case TYPE_IDS['snapshot-footer']:
      return readSnapshotFooter(value);
    case TYPE_IDS['kraft-version']:
      return readKRaftVersion(value);
    case TYPE_IDS.voters:
      return readVoters(value);
    default:
      return { type: 'unknown', typeId };
  }
}
