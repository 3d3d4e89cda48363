import {
  maxOffset,
  minOffset,
  NO_EPOCH,
  NO_NODE,
  offset,
  type ErrorName,
  type Offset,
  type Result,
  type TopicPartition,
  type Uuid,
} from '@milena/model';
import type { LogAppend, PartitionLog } from '@milena/log-store';
import type { PartitionState } from '@milena/metadata';
import { DiskError } from '@milena/platform';
import {
  followerHighWatermark,
  highWatermarkAfterTruncation,
  type LeaderState,
  type IsrDecision,
  type IsrProposal,
} from '@milena/replication';
import { newLeaderState } from './new-leader-state';
import { onDisk } from './on-disk';
import { AckQueue } from './ack-queue';
import { AcknowledgedEnd } from './acknowledged-end';
import type { CurrentLeader } from './append-request';
import type { PartitionOptions } from './partition-options';
import type { PartitionRole } from './partition-role';
import type { TopicSettings } from './topic-settings';
import { UncommittedBytes } from './uncommitted-bytes';

/** One partition with a replica on this broker: its log, its role, and who waits for it. */
export class Partition {
  readonly topicPartition: TopicPartition;
  readonly topicId: Uuid;
  readonly log: PartitionLog;
  /** Produce requests that wait for the high watermark. */
  readonly replicatedAcks = new AckQueue();
  /** Produce requests that wait until this replica may acknowledge its own log. */
  readonly localAcks = new AckQueue();
  readonly #options: PartitionOptions;
  readonly #acknowledged: AcknowledgedEnd;
  readonly #uncommitted = new UncommittedBytes();
  #settings: TopicSettings;
  #role: PartitionRole = { kind: 'follower' };
  #leader: CurrentLeader = { leaderId: NO_NODE, leaderEpoch: NO_EPOCH };
  #highWatermark: Offset;

  constructor(options: PartitionOptions) {
    const { log, settings, topicPartition, topicId } = options;
    this.#options = options;
    this.topicPartition = topicPartition;
    this.topicId = topicId;
    this.log = log;
    this.#settings = settings;
    this.#highWatermark = maxOffset(log.logStartOffset, minOffset(options.highWatermark, log.logEndOffset));
    this.#acknowledged = new AcknowledgedEnd(
      log,
      settings.flushMessages,
      () => this.#acknowledgedEndMoved(),
      (error) => this.logFailed(error),
    );
    // What a former life left unsynced must not be acknowledged by the first fetch either.
    this.#acknowledged.appended();
  }

  get role(): PartitionRole {
    return this.#role;
  }

  /** The leader's state while this broker leads. */
  get leaderState(): LeaderState | undefined {
    return this.#role.kind === 'leader' ? this.#role.state : undefined;
  }

  /** Leader and leader epoch as of the newest metadata. */
  get leader(): CurrentLeader {
    return this.#leader;
  }

  get settings(): TopicSettings {
    return this.#settings;
  }

  get highWatermark(): Offset {
    return this.leaderState?.highWatermark ?? this.#highWatermark;
  }

  /** Where clients may read to. Without transactions the last stable offset is the high watermark. */
  get readableEnd(): Offset {
    return minOffset(this.highWatermark, this.log.logEndOffset);
  }

  /** Where this replica's log may be acknowledged to: its end, or what is synced when records must be synced first. */
  get acknowledgedEnd(): Offset {
    return this.#acknowledged.offset;
  }

  /** Why this broker cannot serve as the leader of `currentLeaderEpoch`; NO_EPOCH skips the check of the epoch. */
  leaderError(currentLeaderEpoch: number): ErrorName | undefined {
    if (this.#role.kind === 'offline') return 'KAFKA_STORAGE_ERROR';
    if (currentLeaderEpoch !== NO_EPOCH) {
      if (currentLeaderEpoch < this.#leader.leaderEpoch) return 'FENCED_LEADER_EPOCH';
      if (currentLeaderEpoch > this.#leader.leaderEpoch) return 'UNKNOWN_LEADER_EPOCH';
    }
    return this.#role.kind === 'leader' ? undefined : 'NOT_LEADER_OR_FOLLOWER';
  }

  /** Takes in what the metadata log says of this partition; the broker is one of its replicas. */
  follow(state: PartitionState): void {
    if (this.#role.kind === 'offline' || state.leaderEpoch < this.#leader.leaderEpoch) return;
    const isSameEpoch = state.leaderEpoch === this.#leader.leaderEpoch;
    this.#leader = { leaderId: state.leader, leaderEpoch: state.leaderEpoch };
    if (isSameEpoch && this.#role.kind === 'leader') {
      if (this.#role.state.update(state, this.#now())) this.#inSyncSetChanged(this.#role.state);
    } else if (state.leader === this.#options.nodeId) {
      this.#lead(state);
    } else if (!isSameEpoch) {
      this.#stopLeading('NOT_LEADER_OR_FOLLOWER');
      this.#options.events.onRoleChanged(this);
    }
  }

  /**
   * Begins to lead, or goes on leading in a new epoch, as when a reassignment took replicas away. In that case whoever
   * waits for the high watermark goes on waiting: the records are in this log, and this log still decides.
   */
  #lead(state: PartitionState): void {
    if (this.#role.kind === 'leader') this.#highWatermark = this.highWatermark;
    else this.#stopLeading('NOT_LEADER_OR_FOLLOWER');
    const epochStartOffset = this.log.logEndOffset;
    const leaderState = newLeaderState(this.#options, state, {
      latestEpoch: this.log.latestEpoch,
      epochStartOffset,
      highWatermark: this.#highWatermark,
      minInsyncReplicas: this.#settings.minInsyncReplicas,
    });
    try {
      this.log.assignEpochStartOffset(state.leaderEpoch, epochStartOffset);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.logFailed(error);
      return;
    }
    this.#role = { kind: 'leader', state: leaderState };
    this.#acknowledged.appended();
    this.#acknowledgedEndMoved();
    this.#inSyncSetChanged(leaderState);
    this.#options.events.onRoleChanged(this);
  }

  #stopLeading(error: ErrorName): void {
    this.#highWatermark = this.highWatermark;
    this.#role = { kind: 'follower' };
    this.#uncommitted.clear();
    this.replicatedAcks.fail(error);
    this.localAcks.fail(error);
  }

  /** Appends validated batches as the leader; the caller has checked that this broker leads. */
  appendAsLeader(batches: Buffer): Result<LogAppend> {
    const before = this.log.logEndOffset;
    const appended = this.#onLog(() => this.log.appendAsLeader(batches, this.#leader.leaderEpoch));
    if (!appended.ok || appended.value.isDuplicate || this.log.logEndOffset === before) return appended;
    this.#uncommitted.appended(this.log.logEndOffset, batches.length);
    this.#acknowledged.appended();
    this.#acknowledgedEndMoved();
    this.#options.events.onAppended(this, batches.length);
    return appended;
  }

  /** Appends what the leader sent, and takes over its high watermark and log start. */
  appendAsFollower(records: Buffer, leader: { highWatermark: number; logStartOffset: number }): Result<void> {
    const committed = this.#highWatermark;
    const outcome = this.#onLog(() => {
      if (records.length > 0) {
        const appended = this.log.appendAsFollower(records);
        if (!appended.ok) return appended;
        this.#acknowledged.appended();
      }
      this.#highWatermark = followerHighWatermark(this.#highWatermark, leader.highWatermark, this.log.logEndOffset);
      const logStart = minOffset(offset(Math.max(0, leader.logStartOffset)), this.#highWatermark);
      if (logStart > this.log.logStartOffset) this.log.deleteRecordsBefore(logStart);
      return { ok: true, value: undefined };
    });
    if (this.#highWatermark > committed) this.#options.events.onCommitted(this);
    return outcome;
  }

  /** Deletes committed records below `before`; the start of the log afterwards. */
  deleteRecordsBefore(before: Offset): Result<Offset> {
    return this.#onLog(() => this.log.deleteRecordsBefore(before));
  }

  /** Cuts a follower's log back to `to`. */
  truncateTo(to: Offset): Result<void> {
    return this.#onLog(() => {
      this.log.truncateTo(to);
      return this.#truncated();
    });
  }

  /** Throws a follower's log away; it goes on at `startOffset`. */
  restartAt(startOffset: Offset): Result<void> {
    return this.#onLog(() => {
      this.log.truncateFullyAndStartAt(startOffset);
      return this.#truncated();
    });
  }

  #truncated(): Result<void> {
    this.#highWatermark = highWatermarkAfterTruncation(this.#highWatermark, this.log);
    this.#acknowledged.truncated();
    return { ok: true, value: undefined };
  }

  /** Settles once this replica may acknowledge all of its log; undefined when it may already. */
  acknowledgeable = (): Promise<void> | undefined => this.#acknowledged.settled();

  /** A follower fetched: moves the high watermark and may propose to take it into the ISR. */
  followerFetched(fetch: { replicaId: number; brokerEpoch: number; fetchOffset: Offset }): void {
    const state = this.leaderState;
    if (state === undefined) return;
    const nowMs = this.#now();
    if (!state.followerFetched({ ...fetch, nowMs }, this.log.logEndOffset)) return;
    const proposal = state.proposeExpansion(fetch.replicaId);
    if (proposal !== undefined) this.#options.events.onProposal(this, proposal);
    this.#advance(state);
  }

  /** Proposes to drop followers that fell behind. */
  shrinkInSyncSet(): void {
    const proposal = this.leaderState?.proposeShrink(this.log.logEndOffset, this.#now());
    if (proposal !== undefined) this.#options.events.onProposal(this, proposal);
  }

  /** The controller accepted a proposal of this partition. */
  proposalAccepted(proposal: IsrProposal, decision: IsrDecision): void {
    const state = this.leaderState;
    if (state?.proposalAccepted(proposal, decision) === true) this.#inSyncSetChanged(state);
  }

  /** The controller refused a proposal, or its answer was lost; true when it must be sent again. */
  proposalFailed(proposal: IsrProposal, error: ErrorName): boolean {
    const state = this.leaderState;
    if (state === undefined) return false;
    const retry = state.proposalFailed(proposal, error) === 'retry';
    this.#advance(state);
    return retry;
  }

  /** The topic's configuration changed. */
  reconfigure(settings: TopicSettings): void {
    this.#settings = settings;
    this.log.reconfigure(settings.log);
    this.#acknowledged.setFlushMessages(settings.flushMessages);
    const state = this.leaderState;
    if (state === undefined) return;
    state.setMinInsyncReplicas(settings.minInsyncReplicas);
    this.#acknowledged.appended();
    this.#acknowledgedEndMoved();
    this.#inSyncSetChanged(state);
  }

  /** The broker has no replica of this partition any more, or stops; the log is closed by its owner. */
  close(error: ErrorName): void {
    this.#acknowledged.close();
    this.#stopLeading(error);
    this.#options.events.onRoleChanged(this);
  }

  #inSyncSetChanged(state: LeaderState): void {
    if (!state.hasEnoughInSync) this.replicatedAcks.fail('NOT_ENOUGH_REPLICAS_AFTER_APPEND');
    this.#advance(state);
  }

  #acknowledgedEndMoved(): void {
    const state = this.leaderState;
    if (state === undefined) return;
    // What is committed was acknowledged before: a recovery point from before a restart does not take it back.
    state.localEndMoved(maxOffset(this.acknowledgedEnd, state.highWatermark));
    this.localAcks.reached(this.acknowledgedEnd);
    this.#advance(state);
  }

  #advance(state: LeaderState): void {
    if (!state.advanceHighWatermark(this.log.logEndOffset, this.#now())) return;
    // What former leaders appended is in no sum, but whoever waits for it must wake up too.
    const bytes = Math.max(1, this.#uncommitted.committed(state.highWatermark));
    this.replicatedAcks.reached(state.highWatermark);
    this.#options.events.onReadable(this, bytes);
    this.#options.events.onCommitted(this);
  }

  /**
   * A failed disk is an answer to whoever asked, and takes the partition offline also when the log is whole, as on a full
   * one: a leader that can write nothing must not stand in the way of those who can.
   */
  #onLog<T>(work: () => Result<T>): Result<T> {
    const outcome = onDisk(work, (error) => this.logFailed(error));
    if (this.log.failure !== undefined) this.logFailed(this.log.failure);
    return outcome;
  }

  /** The log failed: the partition goes offline. */
  logFailed(error: unknown): void {
    if (this.#role.kind === 'offline') return;
    this.#acknowledged.close();
    this.#stopLeading('KAFKA_STORAGE_ERROR');
    this.#role = { kind: 'offline' };
    this.#options.events.onFailed(this, error);
    this.#options.events.onRoleChanged(this);
  }

  #now(): number {
    return this.#options.clock.monotonicMs();
  }
}
