import {
  ClearElrRecordSchema,
  PartitionChangeRecordSchema,
  PartitionRecordSchema,
  RemoveTopicRecordSchema,
  TopicRecordSchema,
} from '@milena/proto';
import type {
  ClearElrRecord,
  PartitionChangeRecord,
  PartitionRecord,
  RemoveTopicRecord,
  TopicRecord,
} from '../metadata-record';
import { recordMessage, type RecordMessage } from './record-message';
import { leaderRecoveryStateOnWire } from './wire-values';

/** TopicRecord as a message. */
export const topicMessage: RecordMessage<TopicRecord> = recordMessage(
  TopicRecordSchema,
  ({ name, topicId }: TopicRecord) => ({ name, topicId }),
  ({ name, topicId }) => ({ type: 'TopicRecord', name, topicId }),
);

/** RemoveTopicRecord as a message. */
export const removeTopicMessage: RecordMessage<RemoveTopicRecord> = recordMessage(
  RemoveTopicRecordSchema,
  ({ topicId }: RemoveTopicRecord) => ({ topicId }),
  ({ topicId }) => ({ type: 'RemoveTopicRecord', topicId }),
);

/** PartitionRecord as a message, by generated code. */
export const partitionMessage: RecordMessage<PartitionRecord> = recordMessage(
  PartitionRecordSchema,
  (record: PartitionRecord) => ({
    topicId: record.topicId,
    partitionId: record.partitionId,
    replicas: [...record.replicas],
    isr: [...record.isr],
    addingReplicas: [...record.addingReplicas],
    removingReplicas: [...record.removingReplicas],
    leader: record.leader,
    leaderEpoch: record.leaderEpoch,
    partitionEpoch: record.partitionEpoch,
    leaderRecoveryState: leaderRecoveryStateOnWire.toWire(record.leaderRecoveryState),
    directories: [...record.directories],
    eligibleLeaderReplicas: [...(record.elr ?? [])],
    lastKnownElr: [...(record.lastKnownElr ?? [])],
  }),
  ({ eligibleLeaderReplicas, lastKnownElr, ...message }) => ({
    type: 'PartitionRecord',
    topicId: message.topicId,
    partitionId: message.partitionId,
    replicas: message.replicas,
    isr: message.isr,
    addingReplicas: message.addingReplicas,
    removingReplicas: message.removingReplicas,
    leader: message.leader,
    leaderEpoch: message.leaderEpoch,
    partitionEpoch: message.partitionEpoch,
    leaderRecoveryState: leaderRecoveryStateOnWire.fromWire(message.leaderRecoveryState),
    directories: message.directories,
    ...(eligibleLeaderReplicas.length > 0 && { elr: eligibleLeaderReplicas }),
    ...(lastKnownElr.length > 0 && { lastKnownElr }),
  }),
);

/** PartitionChangeRecord as a message, by generated code. */
export const partitionChangeMessage: RecordMessage<PartitionChangeRecord> = recordMessage(
  PartitionChangeRecordSchema,
  ({
    isr,
    leader,
    replicas,
    addingReplicas,
    removingReplicas,
    directories,
    elr,
    lastKnownElr,
    ...record
  }: PartitionChangeRecord) => ({
    topicId: record.topicId,
    partitionId: record.partitionId,
    ...(isr && { isr: { ids: [...isr] } }),
    ...(leader === undefined ? {} : { leader }),
    ...(replicas && { replicas: { ids: [...replicas] } }),
    ...(addingReplicas && { addingReplicas: { ids: [...addingReplicas] } }),
    ...(removingReplicas && { removingReplicas: { ids: [...removingReplicas] } }),
    ...(record.leaderRecoveryState && {
      leaderRecoveryState: leaderRecoveryStateOnWire.toWire(record.leaderRecoveryState),
    }),
    ...(directories && { directories: { ids: [...directories] } }),
    ...(elr && { eligibleLeaderReplicas: { ids: [...elr] } }),
    ...(lastKnownElr && { lastKnownElr: { ids: [...lastKnownElr] } }),
  }),
  ({ isr, leader, replicas, addingReplicas, removingReplicas, leaderRecoveryState, directories, ...message }) => ({
    type: 'PartitionChangeRecord',
    topicId: message.topicId,
    partitionId: message.partitionId,
    ...(isr && { isr: isr.ids }),
    ...(leader === undefined ? {} : { leader }),
    ...(replicas && { replicas: replicas.ids }),
    ...(addingReplicas && { addingReplicas: addingReplicas.ids }),
    ...(removingReplicas && { removingReplicas: removingReplicas.ids }),
    ...(leaderRecoveryState === undefined
      ? {}
      : { leaderRecoveryState: leaderRecoveryStateOnWire.fromWire(leaderRecoveryState) }),
    ...(directories && { directories: directories.ids }),
    ...(message.eligibleLeaderReplicas && { elr: message.eligibleLeaderReplicas.ids }),
    ...(message.lastKnownElr && { lastKnownElr: message.lastKnownElr.ids }),
  }),
);

/** ClearElrRecord as a message. */
export const clearElrMessage: RecordMessage<ClearElrRecord> = recordMessage(
  ClearElrRecordSchema,
  ({ topicName = '' }: ClearElrRecord) => ({ topicName }),
  ({ topicName }) => ({ type: 'ClearElrRecord', ...(topicName === '' ? {} : { topicName }) }),
);
