import type { Endpoint, ErrorName, Offset, OffsetAndEpoch, TimestampMs, Uuid } from '@milena/model';
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
  /** The largest `readRound` that the leader of `epoch` has told the fetching replica; absent for none (read-index.ts). */
  readonly readRound?: number;
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
  /** Set when this snapshot must be fetched first: the leader's log no longer holds what the fetching one lacks. */
  readonly snapshotId?: OffsetAndEpoch;
  /** Number of the last question for the read index in this epoch, which the next fetch repeats; absent for none. */
  readonly readRound?: number;
  /** Whole record batches, possibly none. */
  readonly records: Uint8Array;
}

/** Asks the leader for a piece of a snapshot (KIP-630); counts as contact, acknowledges nothing. */
export interface FetchSnapshotRequest {
  readonly type: 'fetchSnapshot';
  readonly clusterId: Uuid;
  readonly replica: ReplicaKey;
  /** The epoch the fetching replica is in. */
  readonly epoch: number;
  readonly snapshotId: OffsetAndEpoch;
  /** The byte to begin with: as many as the fetching replica has. */
  readonly position: number;
  readonly maxBytes: number;
}

/** Answer to a FetchSnapshotRequest. SNAPSHOT_NOT_FOUND: the leader has cleaned it away, a Fetch names a newer one. */
export interface FetchSnapshotResponse extends ResponseFacts {
  readonly type: 'fetchSnapshot';
  /** As in the request. */
  readonly snapshotId: OffsetAndEpoch;
  /** Size of the whole snapshot in bytes; 0 with an error. */
  readonly size: number;
  /** As in the request. */
  readonly position: number;
  /** The piece; it may begin and end inside a record batch. */
  readonly bytes: Uint8Array;
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
  /** Where a voter serves the quorum's RPCs; absent for observers. */
  readonly endpoint?: Endpoint;
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

/** Asks the leader how much of the log a reader must have, to see all that was committed before it asked. */
export interface ReadIndexRequest {
  readonly type: 'readIndex';
  /** Checked when given. */
  readonly clusterId?: Uuid;
  /** How long the leader may take to make sure that it still leads. */
  readonly timeoutMs: number;
}

/** Answer to a ReadIndexRequest. */
export interface ReadIndexResponse extends ResponseFacts {
  readonly type: 'readIndex';
  /** Everything before it was committed while the question was under way, all that was before it included. Absent with an error. */
  readonly readIndex?: Offset;
}

/** Levels of kraft.version that a replica supports; 1 is what dynamic voters need. */
export interface KraftVersions {
  readonly min: number;
  readonly max: number;
}

/** Asks a node which replica it is and what it supports: the leader's probe of an endpoint before it enters a voter set. */
export interface DescribeReplicaRequest {
  readonly type: 'describeReplica';
  readonly clusterId: Uuid;
  /** The replica that is expected there. */
  readonly replica: ReplicaKey;
}

/** Answer to a DescribeReplicaRequest. */
export interface DescribeReplicaResponse extends ResponseFacts {
  readonly type: 'describeReplica';
  /** The replica that answers, whatever the error. */
  readonly replica: ReplicaKey;
  readonly kraftVersions: KraftVersions;
}

/**
 * Asks the leader to add a voter (KIP-853). The leader probes its endpoint, waits until it is level with the log, and
 * appends the new voter set, all within `timeoutMs`.
 */
export interface AddVoterRequest {
  readonly type: 'addVoter';
  /** Checked when given. */
  readonly clusterId?: Uuid;
  /** The newcomer; its directory id must be known. */
  readonly voter: ReplicaKey;
  readonly endpoint: Endpoint;
  /** How long the leader may take, the commit included. */
  readonly timeoutMs: number;
  /** False: answered as soon as the new voter set is appended, for a newcomer that asks for itself must help to commit it. */
  readonly ackWhenCommitted: boolean;
}

/** Asks the leader to remove a voter, itself perhaps (KIP-853). */
export interface RemoveVoterRequest {
  readonly type: 'removeVoter';
  /** Checked when given. */
  readonly clusterId?: Uuid;
  /** The voter; its directory id must be known. */
  readonly voter: ReplicaKey;
}

/** A voter tells the leader that its endpoint or what it supports differs from its entry in the voter set (KIP-853). */
export interface UpdateVoterRequest {
  readonly type: 'updateVoter';
  /** Checked when given. */
  readonly clusterId?: Uuid;
  /** The epoch the voter is in (currentLeaderEpoch). */
  readonly epoch: number;
  /** The voter; its directory id must be known. */
  readonly voter: ReplicaKey;
  readonly endpoint: Endpoint;
  readonly kraftVersions: KraftVersions;
}

/** What became of a voter change. */
export interface VoterChangeOutcome extends ResponseFacts {
  /** Why it failed, for people. */
  readonly message?: string;
}

/** Answer to an AddVoterRequest. */
export interface AddVoterResponse extends VoterChangeOutcome {
  readonly type: 'addVoter';
}

/** Answer to a RemoveVoterRequest: the removal is committed. */
export interface RemoveVoterResponse extends VoterChangeOutcome {
  readonly type: 'removeVoter';
}

/** Answer to an UpdateVoterRequest: the update is committed. */
export interface UpdateVoterResponse extends VoterChangeOutcome {
  readonly type: 'updateVoter';
}

/** A request to change the voter set. */
export type VoterChangeRequest = AddVoterRequest | RemoveVoterRequest | UpdateVoterRequest;

/** The answer to one. */
export type VoterChangeResponse = AddVoterResponse | RemoveVoterResponse | UpdateVoterResponse;

/** Every request of the quorum's protocol. */
export type RaftRequest =
  | VoteRequest
  | BeginQuorumEpochRequest
  | EndQuorumEpochRequest
  | FetchRequest
  | FetchSnapshotRequest
  | DescribeQuorumRequest
  | ReadIndexRequest
  | DescribeReplicaRequest
  | VoterChangeRequest;

/** Every response of the quorum's protocol. */
export type RaftResponse =
  | VoteResponse
  | BeginQuorumEpochResponse
  | EndQuorumEpochResponse
  | FetchResponse
  | FetchSnapshotResponse
  | DescribeQuorumResponse
  | ReadIndexResponse
  | DescribeReplicaResponse
  | VoterChangeResponse;
