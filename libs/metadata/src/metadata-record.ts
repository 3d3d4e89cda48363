import type { Offset, ProducerId, Uuid } from '@milena/model';
import type { BrokerListener, SupportedFeature } from './broker-registration';
import type { ConfigResourceType } from './config-resource';
import type { LeaderRecoveryState } from './partition-state';

/** A broker (re-)registers; replaces whatever registration its id had. */
export interface RegisterBrokerRecord {
  readonly type: 'RegisterBrokerRecord';
  readonly brokerId: number;
  /** Absent in the log, where the broker epoch is this record's own offset; set in snapshots, whose offsets differ. */
  readonly brokerEpoch?: Offset;
  readonly incarnationId: Uuid;
  readonly listeners: readonly BrokerListener[];
  readonly features: readonly SupportedFeature[];
  readonly rack?: string;
  readonly fenced: boolean;
  readonly inControlledShutdown: boolean;
  readonly logDirectories: readonly Uuid[];
}

/** A broker is removed from the cluster for good. */
export interface UnregisterBrokerRecord {
  readonly type: 'UnregisterBrokerRecord';
  readonly brokerId: number;
  readonly brokerEpoch: Offset;
}

/** A topic exists; its partitions follow in the same batch. */
export interface TopicRecord {
  readonly type: 'TopicRecord';
  readonly name: string;
  readonly topicId: Uuid;
}

/** The whole state of a new partition. */
export interface PartitionRecord {
  readonly type: 'PartitionRecord';
  readonly topicId: Uuid;
  readonly partitionId: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  readonly leaderRecoveryState: LeaderRecoveryState;
  readonly directories: readonly Uuid[];
  /** Absent: none. */
  readonly elr?: readonly number[];
  /** Absent: none. */
  readonly lastKnownElr?: readonly number[];
}

/** One key of a resource's configuration is set, or removed when `value` is absent. */
export interface ConfigRecord {
  readonly type: 'ConfigRecord';
  readonly resourceType: ConfigResourceType;
  readonly resourceName: string;
  readonly name: string;
  readonly value?: string;
}

/**
 * Changes to a partition; an absent field stays as it is. Replaying one adds one to the partition epoch, and, when
 * `leader` is present (even unchanged), one to the leader epoch: whoever takes replicas away names the leader again.
 */
export interface PartitionChangeRecord {
  readonly type: 'PartitionChangeRecord';
  readonly topicId: Uuid;
  readonly partitionId: number;
  readonly isr?: readonly number[];
  /** New leader, NO_NODE for none. */
  readonly leader?: number;
  readonly replicas?: readonly number[];
  readonly addingReplicas?: readonly number[];
  readonly removingReplicas?: readonly number[];
  readonly leaderRecoveryState?: LeaderRecoveryState;
  readonly directories?: readonly Uuid[];
  readonly elr?: readonly number[];
  readonly lastKnownElr?: readonly number[];
}

/** A broker is fenced. */
export interface FenceBrokerRecord {
  readonly type: 'FenceBrokerRecord';
  readonly brokerId: number;
  readonly brokerEpoch: Offset;
}

/** A broker is unfenced. */
export interface UnfenceBrokerRecord {
  readonly type: 'UnfenceBrokerRecord';
  readonly brokerId: number;
  readonly brokerEpoch: Offset;
}

/** A topic is gone, with its partitions and configuration. */
export interface RemoveTopicRecord {
  readonly type: 'RemoveTopicRecord';
  readonly topicId: Uuid;
}

/** The finalized level of a feature; level 0 removes it. */
export interface FeatureLevelRecord {
  readonly type: 'FeatureLevelRecord';
  readonly name: string;
  readonly featureLevel: number;
}

/** A block of producer ids was given to a broker; the next block begins at `nextProducerId`. */
export interface ProducerIdsRecord {
  readonly type: 'ProducerIdsRecord';
  readonly brokerId: number;
  readonly brokerEpoch: Offset;
  readonly nextProducerId: ProducerId;
}

/** Changes to a registration; an absent field stays as it is. */
export interface BrokerRegistrationChangeRecord {
  readonly type: 'BrokerRegistrationChangeRecord';
  readonly brokerId: number;
  readonly brokerEpoch: Offset;
  readonly fenced?: boolean;
  /** Only ever true: a broker leaves controlled shutdown by registering again. */
  readonly inControlledShutdown?: true;
  readonly logDirectories?: readonly Uuid[];
}

/** Changes nothing; keeps the high watermark moving while nothing else is written. */
export interface NoOpRecord {
  readonly type: 'NoOpRecord';
}

/** The records that follow take effect together at the EndTransactionRecord (KIP-868). First record of its batch. */
export interface BeginTransactionRecord {
  readonly type: 'BeginTransactionRecord';
  /** What the transaction is for, for people. */
  readonly name: string;
}

/** The open transaction takes effect. Last record of its batch. */
export interface EndTransactionRecord {
  readonly type: 'EndTransactionRecord';
}

/** The open transaction never was. Last record of its batch. */
export interface AbortTransactionRecord {
  readonly type: 'AbortTransactionRecord';
  /** Why, for people. */
  readonly reason: string;
}

/** A controller tells who and where it is; replaces whatever registration its id had (KIP-919). */
export interface RegisterControllerRecord {
  readonly type: 'RegisterControllerRecord';
  readonly controllerId: number;
  readonly incarnationId: Uuid;
  readonly listeners: readonly BrokerListener[];
  readonly features: readonly SupportedFeature[];
}

/** A controller is removed from the cluster for good. */
export interface UnregisterControllerRecord {
  readonly type: 'UnregisterControllerRecord';
  readonly controllerId: number;
}

/**
 * Eligible leader replicas and the last known ones are forgotten (KIP-966), but where the ISR is empty: there no high
 * watermark can move, so they stay true, and nobody else could lead. Raises the partition epoch where there were any.
 */
export interface ClearElrRecord {
  readonly type: 'ClearElrRecord';
  /** The topic whose partitions are meant; absent for all topics. */
  readonly topicName?: string;
}

/** Everything that can stand in the metadata log: Kafka's records under Kafka's names. */
export type MetadataRecord =
  | RegisterBrokerRecord
  | UnregisterBrokerRecord
  | TopicRecord
  | PartitionRecord
  | ConfigRecord
  | PartitionChangeRecord
  | FenceBrokerRecord
  | UnfenceBrokerRecord
  | RemoveTopicRecord
  | FeatureLevelRecord
  | ProducerIdsRecord
  | BrokerRegistrationChangeRecord
  | NoOpRecord
  | BeginTransactionRecord
  | EndTransactionRecord
  | AbortTransactionRecord
  | RegisterControllerRecord
  | ClearElrRecord
  | UnregisterControllerRecord;

/** Name of a kind of record. */
export type MetadataRecordType = MetadataRecord['type'];

/** Kafka's numbers of the record types, as they stand in the frame of a record. */
export const METADATA_RECORD_IDS: Readonly<Record<MetadataRecordType, number>> = {
  RegisterBrokerRecord: 0,
  UnregisterBrokerRecord: 1,
  TopicRecord: 2,
  PartitionRecord: 3,
  ConfigRecord: 4,
  PartitionChangeRecord: 5,
  FenceBrokerRecord: 7,
  UnfenceBrokerRecord: 8,
  RemoveTopicRecord: 9,
  FeatureLevelRecord: 12,
  ProducerIdsRecord: 15,
  BrokerRegistrationChangeRecord: 17,
  NoOpRecord: 20,
  BeginTransactionRecord: 23,
  EndTransactionRecord: 24,
  AbortTransactionRecord: 25,
  RegisterControllerRecord: 27,
  ClearElrRecord: 28,
  UnregisterControllerRecord: 29,
};
