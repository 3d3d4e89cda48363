import type { ErrorName, Offset, Uuid } from '@milena/model';

/** Where a follower reads in one partition; what lies before `fetchOffset` is thereby acknowledged. */
export interface ReplicaFetchPartition {
  readonly topicId: Uuid;
  readonly partition: number;
  /** The follower's log end offset. */
  readonly fetchOffset: Offset;
  readonly currentLeaderEpoch: number;
  /** Epoch of the record before `fetchOffset`; NO_EPOCH for an empty log. */
  readonly lastFetchedEpoch: number;
  readonly logStartOffset: Offset;
  readonly maxBytes: number;
}

/** A follower's fetch from one leader broker (KIP-903 for the broker epoch). */
export interface ReplicaFetchRequest {
  readonly clusterId: Uuid;
  readonly replicaId: number;
  readonly brokerEpoch: Offset;
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly partitions: readonly ReplicaFetchPartition[];
}

/** An epoch and the offset after its last record; both -1 for none. */
export interface EpochEnd {
  readonly epoch: number;
  readonly endOffset: number;
}

/** What the leader says of one partition. */
export interface ReplicaFetchResult {
  readonly topicId: Uuid;
  readonly partition: number;
  readonly error: ErrorName;
  /** -1 on error. */
  readonly highWatermark: number;
  /** -1 on error, except OFFSET_OUT_OF_RANGE. */
  readonly logStartOffset: number;
  /** The leader's log end offset; set like `logStartOffset`, so that a follower out of range knows where to go. */
  readonly logEndOffset: number;
  /** Set when the follower's log holds what the leader's does not; no records then. */
  readonly divergingEpoch?: EpochEnd;
  /** Whole batches, empty for none. */
  readonly records: Buffer;
  /** Set when the answering broker knows a newer leader. */
  readonly currentLeader?: { readonly leaderId: number; readonly leaderEpoch: number };
}

/** Answer to a ReplicaFetchRequest, partitions in the order of the request. */
export interface ReplicaFetchResponse {
  /** Concerns the whole request: STALE_BROKER_EPOCH, INCONSISTENT_CLUSTER_ID ... */
  readonly error: ErrorName;
  readonly errorMessage: string;
  readonly partitions: readonly ReplicaFetchResult[];
}
