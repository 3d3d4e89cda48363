import type { Offset, TopicPartition } from '@milena/model';
import type { WireReplicaLog } from '@milena/proto';
import { offsetFromWire } from '../wire-values';
import { partitionFromWire, partitionToWire } from './partition-key';

/** The log of one replica as its broker has it. */
export interface ReplicaLogState {
  readonly topicPartition: TopicPartition;
  readonly logStartOffset: Offset;
  readonly logEndOffset: Offset;
  /** As this replica knows it. */
  readonly highWatermark: Offset;
  readonly sizeInBytes: number;
  readonly isLeader: boolean;
}

/** A replica's log as message fields. */
export function replicaLogToWire(state: ReplicaLogState) {
  return {
    partition: partitionToWire(state.topicPartition),
    logStartOffset: BigInt(state.logStartOffset),
    logEndOffset: BigInt(state.logEndOffset),
    highWatermark: BigInt(state.highWatermark),
    sizeBytes: BigInt(state.sizeInBytes),
    isLeader: state.isLeader,
  };
}

/** The replica's log that a message tells of. */
export function replicaLogFromWire(message: WireReplicaLog): ReplicaLogState {
  return {
    topicPartition: partitionFromWire(message.partition),
    logStartOffset: offsetFromWire(message.logStartOffset),
    logEndOffset: offsetFromWire(message.logEndOffset),
    highWatermark: offsetFromWire(message.highWatermark),
    sizeInBytes: offsetFromWire(message.sizeBytes),
    isLeader: message.isLeader,
  };
}
