import type { PartitionChangeRecord, PartitionRecord } from '../metadata-record';
import { PlainFieldReader, PlainFieldWriter } from './plain-fields';
import type { RecordMessage } from './record-message';
import { partitionChangeMessage, partitionMessage } from './topic-records';
import { leaderRecoveryStateOnWire } from './wire-values';

/** Numbers of the fields of a PartitionRecord in records.proto. */
const RECORD = {
  partitionId: 1,
  topicId: 2,
  replicas: 3,
  isr: 4,
  removingReplicas: 5,
  addingReplicas: 6,
  leader: 7,
  leaderRecoveryState: 8,
  leaderEpoch: 9,
  partitionEpoch: 10,
  directories: 11,
  elr: 12,
  lastKnownElr: 13,
} as const;

/** Numbers of the fields of a PartitionChangeRecord in records.proto. */
const CHANGE = {
  partitionId: 1,
  topicId: 2,
  isr: 3,
  leader: 4,
  replicas: 5,
  elr: 10,
  lastKnownElr: 11,
} as const;

/** Bytes of nearly every record of a partition with three replicas. */
const USUAL_BYTES = 128;

const isTextInRecord = (field: number): boolean =>
  !(field === RECORD.partitionId || (field >= RECORD.leader && field <= RECORD.partitionEpoch));
const isTextInChange = (field: number): boolean => !(field === CHANGE.partitionId || field === CHANGE.leader);

/**
 * The message of a PartitionRecord with plain values, byte for byte as the generated code writes it; undefined when that
 * must write it. Snapshots hold one of these per partition, so that their cost decides how fast a node is ready.
 */
export function encodePlainPartition(record: PartitionRecord): Buffer | undefined {
  const writer = new PlainFieldWriter(USUAL_BYTES);
  writer.number(RECORD.partitionId, record.partitionId);
  if (record.topicId !== '') writer.text(RECORD.topicId, record.topicId);
  writer.list(RECORD.replicas, record.replicas);
  writer.list(RECORD.isr, record.isr);
  writer.list(RECORD.removingReplicas, record.removingReplicas);
  writer.list(RECORD.addingReplicas, record.addingReplicas);
  if (record.leader !== 0) writer.presentSigned(RECORD.leader, record.leader);
  writer.number(RECORD.leaderRecoveryState, leaderRecoveryStateOnWire.toWire(record.leaderRecoveryState));
  writer.number(RECORD.leaderEpoch, record.leaderEpoch);
  writer.number(RECORD.partitionEpoch, record.partitionEpoch);
  for (const directory of record.directories) writer.text(RECORD.directories, directory);
  writer.list(RECORD.elr, record.elr ?? []);
  writer.list(RECORD.lastKnownElr, record.lastKnownElr ?? []);
  return writer.isPlain ? writer.finish() : undefined;
}

/** Reads a PartitionRecord with plain values; undefined when the generated code must read it. */
export function decodePlainPartition(bytes: Buffer): PartitionRecord | undefined {
  const reader = new PlainFieldReader(bytes);
  const lists: (number[] | undefined)[] = [];
  const directories: string[] = [];
  const numbers: number[] = [];
  let topicId = '';
  for (let field = reader.next(isTextInRecord); field !== 0; field = reader.next(isTextInRecord)) {
    if (field === RECORD.topicId) topicId = reader.text();
    else if (field === RECORD.directories) directories.push(reader.text());
    else if (field === RECORD.leader) numbers[field] = reader.signed();
    else if (!isTextInRecord(field)) numbers[field] = reader.varint();
    else if (field > RECORD.lastKnownElr || lists[field] !== undefined) return undefined;
    else lists[field] = reader.list();
  }
  if (!reader.isPlain) return undefined;
  const elr = lists[RECORD.elr];
  const lastKnownElr = lists[RECORD.lastKnownElr];
  return {
    type: 'PartitionRecord',
    topicId,
    partitionId: numbers[RECORD.partitionId] ?? 0,
    replicas: lists[RECORD.replicas] ?? [],
    isr: lists[RECORD.isr] ?? [],
    addingReplicas: lists[RECORD.addingReplicas] ?? [],
    removingReplicas: lists[RECORD.removingReplicas] ?? [],
    leader: numbers[RECORD.leader] ?? 0,
    leaderEpoch: numbers[RECORD.leaderEpoch] ?? 0,
    partitionEpoch: numbers[RECORD.partitionEpoch] ?? 0,
    leaderRecoveryState: leaderRecoveryStateOnWire.fromWire(numbers[RECORD.leaderRecoveryState] ?? 0),
    directories,
    ...(elr !== undefined && elr.length > 0 && { elr }),
    ...(lastKnownElr !== undefined && lastKnownElr.length > 0 && { lastKnownElr }),
  };
}

/**
 * The message of a PartitionChangeRecord of the usual kind (leader, ISR, replicas, ELR) with plain values; undefined when
 * the generated code must write it. A broker that is lost brings one of these per partition it had.
 */
export function encodePlainPartitionChange(record: PartitionChangeRecord): Buffer | undefined {
  const { removingReplicas, addingReplicas, directories, leaderRecoveryState } = record;
  const isUsual = !removingReplicas && !addingReplicas && !directories && leaderRecoveryState === undefined;
  if (!isUsual) return undefined;
  const writer = new PlainFieldWriter(USUAL_BYTES / 2);
  writer.number(CHANGE.partitionId, record.partitionId);
  if (record.topicId !== '') writer.text(CHANGE.topicId, record.topicId);
  if (record.isr) writer.listMessage(CHANGE.isr, record.isr);
  if (record.leader !== undefined) writer.presentSigned(CHANGE.leader, record.leader);
  if (record.replicas) writer.listMessage(CHANGE.replicas, record.replicas);
  if (record.elr) writer.listMessage(CHANGE.elr, record.elr);
  if (record.lastKnownElr) writer.listMessage(CHANGE.lastKnownElr, record.lastKnownElr);
  return writer.isPlain ? writer.finish() : undefined;
}

/** Reads a PartitionChangeRecord of the usual kind with plain values; undefined when the generated code must read it. */
export function decodePlainPartitionChange(bytes: Buffer): PartitionChangeRecord | undefined {
  const reader = new PlainFieldReader(bytes);
  const lists: (number[] | undefined)[] = [];
  let topicId = '';
  let partitionId = 0;
  let leader: number | undefined;
  for (let field = reader.next(isTextInChange); field !== 0; field = reader.next(isTextInChange)) {
    if (field === CHANGE.partitionId) partitionId = reader.varint();
    else if (field === CHANGE.topicId) topicId = reader.text();
    else if (field === CHANGE.leader) leader = reader.signed();
    else if (!isUsualList(field) || lists[field] !== undefined) return undefined;
    else lists[field] = reader.listMessage();
  }
  if (!reader.isPlain) return undefined;
  const { [CHANGE.isr]: isr, [CHANGE.replicas]: replicas, [CHANGE.elr]: elr, [CHANGE.lastKnownElr]: lastKnown } = lists;
  return {
    type: 'PartitionChangeRecord',
    topicId,
    partitionId,
    ...(isr && { isr }),
    ...(leader === undefined ? {} : { leader }),
    ...(replicas && { replicas }),
    ...(elr && { elr }),
    ...(lastKnown && { lastKnownElr: lastKnown }),
  };
}

function isUsualList(field: number): boolean {
  return field === CHANGE.isr || field === CHANGE.replicas || field === CHANGE.elr || field === CHANGE.lastKnownElr;
}

/** PartitionRecord as a message: the short way where it goes, else by generated code. */
export const quickPartitionMessage: RecordMessage<PartitionRecord> = {
  encode: (record) => encodePlainPartition(record) ?? partitionMessage.encode(record),
  decode: (bytes) => decodePlainPartition(bytes) ?? partitionMessage.decode(bytes),
};

/** PartitionChangeRecord as a message: the short way where it goes, else by generated code. */
export const quickPartitionChangeMessage: RecordMessage<PartitionChangeRecord> = {
  encode: (record) => encodePlainPartitionChange(record) ?? partitionChangeMessage.encode(record),
  decode: (bytes) => decodePlainPartitionChange(bytes) ?? partitionChangeMessage.decode(bytes),
};
