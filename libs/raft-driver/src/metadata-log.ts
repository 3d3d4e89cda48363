import type { Endpoint, Offset, Result, TimestampMs, Uuid } from '@milena/model';
import type { ChannelFailure, TraceContext } from '@milena/platform';

/** Who leads the metadata log, as far as this node knows. */
export interface LeaderInfo {
  /** Undefined while no leader of `epoch` is known. */
  readonly leaderId: number | undefined;
  readonly epoch: number;
  /** The leader's CONTROLLER listener, when known. */
  readonly endpoint?: Endpoint;
}

/** A committed batch of metadata records. Records apply all together or not at all. */
export interface CommittedBatch {
  readonly baseOffset: Offset;
  readonly lastOffset: Offset;
  /** Leader epoch in which the batch was written. */
  readonly epoch: number;
  /** When the leader appended it. */
  readonly timestamp: TimestampMs;
  /** Record values in offset order; never empty. Views that stay valid. */
  readonly records: readonly Buffer[];
  /** The span that caused the batch, when it was traced. */
  readonly traceparent?: string;
}

/** A committed change of leader, as the log has it: the same on every node that reads it. */
export interface CommittedLeaderChange {
  readonly leaderId: number;
  readonly epoch: number;
  /** Last offset of the control batch that says so. */
  readonly offset: Offset;
  /** When the new leader appended it. */
  readonly timestamp: TimestampMs;
}

/**
 * What follows the metadata log. Calls come one at a time, never inside a call to the log. Throwing from one is fatal to
 * the node: a listener that missed a batch no longer has the state the log says.
 */
export interface MetadataLogListener {
  /** Every committed batch in offset order from the log start, each once. Control batches are left out. */
  onCommitted(batch: CommittedBatch): void;
  /** A leader took over; told in its place among the batches, for those who show the history of leaders. */
  onCommittedLeaderChange?(change: CommittedLeaderChange): void;
  /**
   * This node leads `epoch`, its epoch's first record is committed, and everything before `startOffset`, the first offset
   * of the epoch, has been delivered (KAFKA-15345). From here on `append` may be called with this epoch.
   */
  onLeader(epoch: number, startOffset: Offset): void;
  onLeaderChange(leader: LeaderInfo): void;
  /** Follows an `onLeader` of the same epoch: what was appended but not delivered may never be committed. */
  onResigned(epoch: number): void;
  /** The stream on which a replica fetched from this node broke. `reset` is what the death of a process looks like. */
  onReplicaLost?(replicaId: number, failure: ChannelFailure): void;
}

/** How far one replica of the metadata log has come, as the leader saw it last. */
export interface ReplicaProgress {
  readonly id: number;
  readonly directoryId?: Uuid;
  /** Undefined before its first fetch. */
  readonly logEndOffset: Offset | undefined;
  readonly lastFetchTimestamp: TimestampMs | undefined;
  /** When it was last level with the leader's log end. */
  readonly lastCaughtUpTimestamp: TimestampMs | undefined;
}

/** The quorum as one of its nodes sees it (KIP-642). */
export interface QuorumDescription {
  readonly leaderId: number | undefined;
  readonly leaderEpoch: number;
  readonly highWatermark: Offset | undefined;
  readonly voters: readonly ReplicaProgress[];
  readonly observers: readonly ReplicaProgress[];
}

/** The metadata log as a controller or broker uses it. */
export interface MetadataLog {
  readonly nodeId: number;
  leader(): LeaderInfo;
  /** Undefined until this node learned it after its start. */
  highWatermark(): Offset | undefined;
  logEndOffset(): Offset;
  /**
   * Appends one atomic batch of record values. Success says only where it stands: it is committed when it is delivered.
   * NOT_CONTROLLER when this node does not lead `epoch`; MESSAGE_TOO_LARGE when the batch exceeds the log's limit.
   */
  append(
    epoch: number,
    records: readonly Uint8Array[],
    trace?: TraceContext,
  ): Result<{ readonly baseOffset: Offset; readonly lastOffset: Offset }>;
  /** Delivers to `listener` from the log start, and who leads if that is known. */
  subscribe(listener: MetadataLogListener): void;
  /** Gives up leading `epoch`; nothing happens when this node does not lead it. */
  resign(epoch: number): void;
  /** What this node knows of the quorum; replicas and their progress only while it leads. */
  describe(): QuorumDescription;
}
