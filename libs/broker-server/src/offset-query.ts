import type { ErrorName, TopicPartition, Uuid } from '@milena/model';
import type { CurrentLeader } from './append-request';
import type { FetchIsolation } from './fetch-request';

/** Which offset is asked for: by timestamp in milliseconds, or one of Kafka's special timestamps -1, -2 and -3. */
export type OffsetSpec = 'latest' | 'earliest' | 'max-timestamp' | number;

/** A question of ListOffsets for one partition. */
export interface OffsetQuery {
  readonly topicPartition: TopicPartition;
  readonly topicId?: Uuid;
  readonly spec: OffsetSpec;
  /** Leader epoch the client knows; NO_EPOCH skips the check. */
  readonly currentLeaderEpoch: number;
  readonly isolation: FetchIsolation;
}

/** Answer to an OffsetQuery. */
export interface OffsetAnswer {
  readonly topicPartition: TopicPartition;
  readonly error: ErrorName;
  /** Timestamp of the record found; -1 when none was asked for or found. */
  readonly timestamp: number;
  /** -1 when there is no such record. */
  readonly offset: number;
  /** Epoch of the record found; -1 when unknown. */
  readonly leaderEpoch: number;
  readonly currentLeader?: CurrentLeader;
}

/** A question of OffsetForLeaderEpoch for one partition. */
export interface EpochEndQuery {
  readonly topicPartition: TopicPartition;
  readonly currentLeaderEpoch: number;
  readonly leaderEpoch: number;
}

/** Answer to an EpochEndQuery: the largest epoch of the log not above the one asked for, and where it ends; -1 for none. */
export interface EpochEndAnswer {
  readonly topicPartition: TopicPartition;
  readonly error: ErrorName;
  readonly leaderEpoch: number;
  readonly endOffset: number;
  readonly currentLeader?: CurrentLeader;
}
