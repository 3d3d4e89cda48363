import { invariant, type Offset, type OffsetAndEpoch, type Result } from '@milena/model';
import type { ChannelFailureReason } from '@milena/platform';
import { describeQuorum } from './describe-quorum';
import { receiveFailure, receiveRequest, receiveResponse } from './dispatch';
import { dismissParkedFetches, maybeAdvanceHighWatermark } from './fetch-requests';
import { suspectDead } from './following';
import { appendAsLeader, resign } from './leadership';
import { upgradeKraftVersion, type KraftUpgrade } from './kraft-upgrade';
import { DYNAMIC_VOTERS } from './kraft-versions';
import type { DescribeQuorumResponse, RaftRequest, RaftResponse } from './messages';
import { pollRole } from './poll-role';
import type { Appended, Raft, WrittenVoterSet } from './raft';
import { RaftContext } from './raft-context';
import type { Leadership, LogFlush, RaftEffects } from './raft-effects';
import type { RaftOptions } from './raft-options';
import { mayStop } from './resigning';
import { dismissReads } from './read-index';
import { restoreVoters } from './restore-voters';
import { dropSnapshotOfFormerLeader } from './snapshot-fetching';
import { snapshotInstalled, snapshotRefused } from './snapshot-install';
import { dismissVoterChange } from './voter-changes';
import type { VoterSet } from './voter-set';

/**
 * Makes one replica of the metadata log.
 *
 * The protocol in short. A voter that misses its leader asks with a pre-vote Vote whether it would win, then with
 * a Vote in a new epoch. The winner tells the voters with BeginQuorumEpoch. Replicas pull records with Fetch, whose offset
 * acknowledges what came before; so nothing but fetches moves the high watermark, and a leader that nobody fetches from
 * steps down. Who lacks what the leader's log no longer holds gets a snapshot first, with FetchSnapshot (KIP-630). A leader that stops says so with EndQuorumEpoch. Raft's AppendEntries has no counterpart: BeginQuorumEpoch
 * and EndQuorumEpoch make up for the leader being unable to push (KIP-595).
 */
export function createRaft(options: RaftOptions): Raft {
  return new Replica(options);
}

class Replica implements Raft {
  private readonly context: RaftContext;
  private isStarted = false;
  private isStopped = false;
  private nextTickMs = Infinity;

  constructor(private readonly options: RaftOptions) {
    this.context = new RaftContext(options, (context, before) => {
      dropSnapshotOfFormerLeader(context);
      if (before.name !== 'leader') return;
      dismissParkedFetches(context, before);
      dismissReads(context, before);
      dismissVoterChange(context, before);
    });
  }

  start(): void {
    invariant(!this.isStarted, 'a replica starts once');
    this.isStarted = true;
    this.input((context) => {
      restoreVoters(context);
      context.quorum.restore(this.options.restored, context.log.lastEpoch(), context.nowMs);
      if (context.log.endOffset() > context.log.startOffset()) context.wantFlush();
    });
  }

  tick(): void {
    this.input(() => undefined);
  }

  request(requestId: number, request: RaftRequest): void {
    this.input((context) => {
      receiveRequest(context, requestId, request);
    });
  }

  requestGone(requestId: number): void {
    const { role } = this.context.quorum;
    if (role.name !== 'leader') return;
    role.parked.delete(requestId);
    role.reads.delete(requestId);
  }

  response(correlationId: number, response: RaftResponse): void {
    this.input((context) => {
      receiveResponse(context, correlationId, response);
    });
  }

  requestFailed(correlationId: number, reason: ChannelFailureReason): void {
    this.input((context) => {
      receiveFailure(context, correlationId, reason);
    });
  }

  peerSuspected(nodeId: number): void {
    this.input((context) => {
      suspectDead(context, nodeId);
    });
  }

  append(epoch: number, encode: (baseOffset: Offset) => Uint8Array): Result<Appended> {
    return this.input((context) => appendAsLeader(context, epoch, encode));
  }

  upgradeKraftVersion(upgrade: KraftUpgrade): Result<void> {
    return this.input((context) => upgradeKraftVersion(context, upgrade));
  }

  stateStored(tookMs: number): void {
    this.context.timing.stored(tookMs);
  }

  flushed(flush: LogFlush): void {
    this.input((context) => {
      context.durable.flushed(flush);
      const { role } = context.quorum;
      if (role.name === 'leader') maybeAdvanceHighWatermark(context, role);
    });
  }

  snapshotInstalled(id: OffsetAndEpoch): void {
    this.input((context) => {
      snapshotInstalled(context, id);
    });
  }

  snapshotRefused(id: OffsetAndEpoch): void {
    this.input((context) => {
      snapshotRefused(context, id);
    });
  }

  resign(epoch: number): void {
    this.input((context) => {
      const { role } = context.quorum;
      if (role.name === 'leader' && role.epoch === epoch) resign(context, role);
    });
  }

  shutdown(timeoutMs: number): void {
    this.input((context) => {
      const { role, isOnlyVoter } = context.quorum;
      const isHandingOver = (role.name === 'leader' || role.name === 'resigned') && !isOnlyVoter;
      context.stopping = { deadlineMs: context.nowMs + timeoutMs, isHandingOver };
      if (role.name === 'leader' && isHandingOver) resign(context, role);
    });
  }

  takeEffects(): RaftEffects {
    return this.context.effects.take(this.context.leadership, this.nextTickMs);
  }

  get leadership(): Leadership {
    return this.context.leadership;
  }

  get highWatermark(): Offset | undefined {
    return this.context.highWatermark;
  }

  get voters(): VoterSet {
    return this.context.history.latest;
  }

  votersAt(end: Offset): WrittenVoterSet | undefined {
    const voters = this.context.history.writtenBefore(end);
    return voters === undefined ? undefined : { kraftVersion: DYNAMIC_VOTERS, voters };
  }

  get kraftVersion(): number {
    return this.context.history.isWritten ? DYNAMIC_VOTERS : 0;
  }

  describe(): DescribeQuorumResponse {
    return describeQuorum(this.context);
  }

  /** Handles an input, then does whatever has become due. */
  private input<T>(handle: (context: RaftContext) => T): T {
    invariant(this.isStarted, 'start comes before any other input');
    const { context } = this;
    const result = handle(context);
    if (this.isStopped) return result;
    this.nextTickMs = pollRole(context);
    const { stopping } = context;
    if (stopping === undefined) return result;
    this.nextTickMs = Math.min(this.nextTickMs, stopping.deadlineMs);
    if (mayStop(context, stopping)) {
      this.isStopped = true;
      this.nextTickMs = Infinity;
      context.effects.stop();
    }
    return result;
  }
}
