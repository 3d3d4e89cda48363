import type { Endpoint, Offset, OffsetAndEpoch, Result, TimestampMs, Uuid } from '@milena/model';
import type { ChannelFailure, TraceContext } from '@milena/platform';
import type { KraftUpgrade } from '@milena/raft';

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

/** All metadata as of one offset: what stands in place of the log before it. */
export interface MetadataSnapshot {
  /** Offset behind the last record contained, and that record's leader epoch. */
  readonly id: OffsetAndEpoch;
  /** When the last record contained was appended to the log. */
  readonly timestamp: TimestampMs;
  /**
   * The record values, batch by batch, read from disk as they are asked for; good only inside the call that gave the
   * snapshot, each batch until the next is asked for. Throws UnusableSnapshot when the file turns out to be damaged.
   */
  batches(): Iterable<{ readonly records: readonly Buffer[] }>;
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
  /**
   * Takes the place of everything before its end offset, whatever was delivered before; the batches behind it follow. It
   * comes first when the log does not start at 0, and again when this node fell so far behind that it fetched a snapshot.
   * A listener may take it in step by step, a batch at a time, as a generator does: then others have their turn in between,
   * and it is told nothing else before its last step. The steps end early when the node stops.
   */
  onSnapshot(snapshot: MetadataSnapshot): Iterable<void> | void;
  /** Every committed batch in offset order, each once, from offset 0 or a snapshot on. Control batches are left out. */
  onCommitted(batch: CommittedBatch): void;
  /**
   * A leader took over; told in its place among the batches, for those who show the history of leaders. Behind a snapshot
   * the leader of the snapshot's epoch is told, unless another epoch has begun: then that one's follows in the log.
   */
  onCommittedLeaderChange?(change: CommittedLeaderChange): void;
  /**
   * Everything before `end` was delivered, control batches included: the way to learn of those that no other call tells of.
   * Told after the batches themselves, of several at once as a rule.
   */
  onDelivered?(end: Offset): void;
  /**
   * This node leads `epoch`, its epoch's first record is committed, and everything before `startOffset`, the first offset
   * of the epoch, has been delivered (KAFKA-15345). From here on `append` may be called with this epoch.
   */
  onLeader(epoch: number, startOffset: Offset): void;
  onLeaderChange(leader: LeaderInfo): void;
  /**
   * Whether it is open for this voter who leads: it stands for election or waits for the outcome of one, gave up leading and
   * has not heard who follows, or leads an epoch whose first record is not committed. True is followed by false, behind the
   * `onLeader` or `onLeaderChange` that settles it.
   */
  onElection?(isOpen: boolean): void;
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
  /**
   * Writes a snapshot of what was delivered before `id.offset`, on which the log may be cleaned later. `records` are made
   * as they are written, some milliseconds' worth at a time, so they must come from a value that does not change.
   * Failures, after which nothing is left behind: INVALID_REQUEST when `id` is no batch border at or below the high
   * watermark, or is not newer than the latest snapshot; OPERATION_NOT_ATTEMPTED while another one is being written, when
   * this node stops, or when a snapshot of the leader's took its place; KAFKA_STORAGE_ERROR when the disk is full or fails.
   */
  createSnapshot(id: OffsetAndEpoch, records: Iterable<Uint8Array>): Promise<Result<void>>;
  /** Delivers to `listener` from the newest snapshot, or offset 0 without one, and who leads if that is known. */
  subscribe(listener: MetadataLogListener): void;
  /** Finalized kraft.version: 1 when the voters are in this node's copy of the log, 0 while they are static or not known. */
  kraftVersion(): number;
  /**
   * Raises kraft.version in `epoch`, or with `validateOnly` says whether it could be done. It rules from its append on, and
   * is committed before what is appended after it. Failures as for `upgradeKraftVersion` of raft.
   */
  upgradeKraftVersion(upgrade: KraftUpgrade): Result<void>;
  /** Gives up leading `epoch`; nothing happens when this node does not lead it. */
  resign(epoch: number): void;
  /** What this node knows of the quorum; replicas and their progress only while it leads. */
  describe(): QuorumDescription;
}
