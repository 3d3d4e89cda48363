import type { ErrorName } from '@milena/model';

/** An offset to commit. */
export interface OffsetToCommit {
  readonly partition: number;
  /** The next offset to be read. */
  readonly offset: number;
  /** Leader epoch of the last record read, NO_EPOCH when the client does not know it (KIP-320). */
  readonly leaderEpoch: number;
  /** Free text of the client; null and empty are the same. */
  readonly metadata: string;
}

/** Offsets of one topic to commit. */
export interface OffsetsToCommit {
  readonly topic: string;
  readonly partitions: readonly OffsetToCommit[];
}

/** A group, or a consumer without membership, commits how far it has read (OffsetCommit). */
export interface CommitOffsetsRequest {
  readonly groupId: string;
  /** -1 with an empty member id for a simple consumer or an administrator; refused while the group has members. */
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId?: string;
  /** How long the offsets are to be kept, from versions 2 to 4 of OffsetCommit; otherwise `offsets.retention.minutes` rules. */
  readonly retentionTimeMs?: number;
  readonly topics: readonly OffsetsToCommit[];
}

/** Outcome per partition. */
export interface PartitionOutcome {
  readonly partition: number;
  readonly error: ErrorName;
}

/** Outcomes of one topic. */
export interface TopicOutcomes {
  readonly topic: string;
  readonly partitions: readonly PartitionOutcome[];
}

/**
 * Outcome of a commit: topics and partitions in the order of the request. GROUP_ID_NOT_FOUND when a member of a group that
 * does not exist commits; OffsetCommit before version 9 calls that ILLEGAL_GENERATION.
 */
export interface CommitOffsetsResponse {
  readonly topics: readonly TopicOutcomes[];
}

/** Partitions of one topic. */
export interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/** Asks how far a group has read (OffsetFetch). */
export interface FetchOffsetsRequest {
  readonly groupId: string;
  /** Absent for everything the group has committed. */
  readonly topics?: readonly TopicPartitions[];
}

/** A committed offset. */
export interface FetchedOffset {
  readonly partition: number;
  /** -1 when nothing is committed. */
  readonly offset: number;
  /** NO_EPOCH when the client did not tell it. */
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly error: ErrorName;
}

/** Committed offsets of one topic. */
export interface FetchedOffsets {
  readonly topic: string;
  readonly partitions: readonly FetchedOffset[];
}

/** What a group has committed. A group nobody knows has committed nothing, which is no error. */
export interface FetchOffsetsResponse {
  readonly error: ErrorName;
  /** Empty on error. */
  readonly topics: readonly FetchedOffsets[];
}

/** Forgets committed offsets (OffsetDelete, KIP-496). */
export interface DeleteOffsetsRequest {
  readonly groupId: string;
  readonly topics: readonly TopicPartitions[];
}

/** Outcome of OffsetDelete. */
export interface DeleteOffsetsResponse {
  /** GROUP_ID_NOT_FOUND, or what makes this broker the wrong one to ask. */
  readonly error: ErrorName;
  /** Empty on error; GROUP_SUBSCRIBED_TO_TOPIC for partitions of topics that members read. */
  readonly topics: readonly TopicOutcomes[];
}
