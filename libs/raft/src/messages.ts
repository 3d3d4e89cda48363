import type { Endpoint, ErrorName, Offset, TimestampMs, Uuid } from '@milena/model';
import type { ReplicaKey } from './replica-key';

/** Asks for a vote, or with `preVote` whether one would be given (KIP-595, KIP-996). */
export interface VoteRequest {
  readonly type: 'vote';
  readonly clusterId: Uuid;
  /** The replica that is asked. */
  readonly voter: ReplicaKey;
  /** The candidate's epoch; a pre-vote carries the current one and raises nothing. */
  readonly epoch: number;
  readonly candidate: ReplicaKey;
  /** Epoch of the last record of the candidate's log, 0 when it is empty. */
  readonly lastEpoch: number;
  /** End offset of the candidate's log. */
  readonly lastOffset: Offset;
  readonly preVote: boolean;
}

/** Facts about the answering replica that every response carries. */
export interface ResponseFacts {
  readonly error: ErrorName;
  /** The epoch of the answering replica. */
  readonly epoch: number;
  /** The leader of `epoch`, NO_NODE while unknown to it. */
  readonly leaderId: number;
  /** Where the leader serves the quorum's RPCs, when known. */
  readonly leaderEndpoint?: Endpoint;
}

/** Answer to a VoteRequest. */
export interface VoteResponse extends ResponseFacts {
  readonly type: 'vote';
  readonly voteGranted: boolean;
}

/** A new leader makes itself known to voters that do not fetch from it yet; later a heartbeat to laggards. */
export interface BeginQuorumEpochRequest {
  readonly type: 'beginQuorumEpoch';
  readonly clusterId: Uuid;
  readonly voter: ReplicaKey;
  readonly leaderId: number;
  readonly epoch: number;
  readonly leaderEndpoint: Endpoint;
}

/** Answer to a BeginQuorumEpochRequest. */
export interface BeginQuorumEpochResponse extends ResponseFacts {
  readonly type: 'beginQuorumEpoch';
}

/** A leader that steps down names who should follow it, most up to date first. */
export interface EndQuorumEpochRequest {
  readonly type: 'endQuorumEpoch';
  readonly clusterId: Uuid;
  readonly voter: ReplicaKey;
  readonly leaderId: number;
  readonly epoch: number;
  readonly preferredCandidates: readonly ReplicaKey[];
}

/** Answer to an EndQuorumEpochRequest. */
export interface EndQuorumEpochResponse extends ResponseFacts {
  readonly type: 'endQuorumEpoch';
}

/** Asks for records; the fetch offset of a voter also acknowledges that everything before it is on its disk. */
export interface FetchRequest {
  readonly type: 'fetch';
  readonly clusterId: Uuid;
  readonly replica: ReplicaKey;
  /** The epoch the fetching replica is in (currentLeaderEpoch). */
  readonly epoch: number;
  readonly fetchOffset: Offset;
  /** Epoch of the record before `fetchOffset`, 0 when the log is empty. */
  readonly lastFetchedEpoch: number;
  /** How long the leader may hold the request when it has nothing new. */
  readonly maxWaitMs: number;
  /** The high watermark the fetching replica knows; absent when it knows none. */
  readonly highWatermark?: Offset;
}

/** Where the logs part: the largest epoch at or below the asked one that the leader has, and its end offset there. */
export interface DivergingEpoch {
  readonly epoch: number;
  readonly endOffset: Offset;
}

/** Answer to a FetchRequest. */
export interface FetchResponse extends ResponseFacts {
  readonly type: 'fetch';
  /** Absent while the leader has not committed a record of its own epoch. */
  readonly highWatermark?: Offset;
  readonly logStartOffset: Offset;
  readonly divergingEpoch?: DivergingEpoch;
  /** Whole record batches, possibly none. */
  readonly records: Uint8Array;
}

/** Asks the leader how far every replica is. */
export interface DescribeQuorumRequest {
  readonly type: 'describeQuorum';
  /** Checked when given. Whoever asks to learn about the cluster leaves it out, as Kafka's request does. */
  readonly clusterId?: Uuid;
}

/** How far one replica is, as the leader sees it. */
export interface ReplicaProgress {
  readonly replica: ReplicaKey;
  /** NO_OFFSET while the replica has not fetched in this epoch. */
  readonly logEndOffset: Offset;
  /** NO_TIMESTAMP while the replica has not fetched in this epoch. */
  readonly lastFetchTimestamp: TimestampMs;
  /** When the replica last had all that the leader had, NO_TIMESTAMP if never in this epoch. */
  readonly lastCaughtUpTimestamp: TimestampMs;
}

/** Answer to a DescribeQuorumRequest; the lists are empty unless the answering replica leads. */
export interface DescribeQuorumResponse extends ResponseFacts {
  readonly type: 'describeQuorum';
  /** Cluster id of the answering replica, whatever the error. */
  readonly clusterId: string;
  readonly highWatermark?: Offset;
  readonly voters: readonly ReplicaProgress[];
  readonly observers: readonly ReplicaProgress[];
}

/** Every request of the quorum's protocol. */
export type RaftRequest =
  VoteRequest | BeginQuorumEpochRequest | EndQuorumEpochRequest | FetchRequest | DescribeQuorumRequest;

/** Every response of the quorum's protocol. */
export type RaftResponse =
  VoteResponse | BeginQuorumEpochResponse | EndQuorumEpochResponse | FetchResponse | DescribeQuorumResponse;
