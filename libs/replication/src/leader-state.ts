import { invariant, type Offset } from '@milena/model';
import { InSyncSet, type IsrProposal, type IsrDecision } from './in-sync-set';
import { ReplicaProgress, type FollowerFetch } from './replica-progress';

/** What a broker starts to lead a partition with. */
export interface LeaderOptions {
  readonly localId: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  /** Log end offset at the moment of becoming leader. */
  readonly epochStartOffset: Offset;
  /** What this replica knew to be committed before. */
  readonly highWatermark: Offset;
  readonly minInsyncReplicas: number;
  readonly lagTimeMaxMs: number;
  /**
   * Whether a broker may join the ISR: registered under exactly this broker epoch, unfenced and not shutting down.
   * Reads the newest metadata.
   */
  readonly isEligible: (brokerId: number, brokerEpoch: number) => boolean;
  /** Monotonic milliseconds. */
  readonly nowMs: number;
}

/** What the metadata log says about a partition whose leader and leader epoch did not change. */
export interface PartitionUpdate extends IsrDecision {
  readonly replicas: readonly number[];
}

/**
 * One partition at its leader: progress of the followers, the in-sync set and the high watermark. Pure: the caller tells
 * it about appends, fetches and decisions, and asks for proposals.
 *
 * High watermark: the smallest log end offset over the maximal ISR and over followers that are caught up and about to
 * join it. It never goes back, and it stands still while the committed ISR is smaller than min.insync.replicas
 * (KIP-966, KAFKA-15583), so that what a reader has seen is always on as many replicas as the topic demands.
 */
export class LeaderState {
  readonly leaderEpoch: number;
  readonly epochStartOffset: Offset;
  readonly #options: LeaderOptions;
  readonly #isr: InSyncSet;
  #minInsyncReplicas: number;
  #replicas: readonly number[];
  #followers = new Map<number, ReplicaProgress>();
  #highWatermark: Offset;
  #localEndOffset: Offset;

  constructor(options: LeaderOptions) {
    const { localId, highWatermark, epochStartOffset, isr, leaderEpoch } = options;
    invariant(isr.includes(localId), 'a leader is a member of its ISR', { localId, isr });
    invariant(highWatermark <= epochStartOffset, 'high watermark beyond the log', { highWatermark, epochStartOffset });
    this.#options = options;
    this.leaderEpoch = leaderEpoch;
    this.epochStartOffset = epochStartOffset;
    this.#isr = new InSyncSet(leaderEpoch, isr, options.partitionEpoch);
    this.#minInsyncReplicas = options.minInsyncReplicas;
    this.#highWatermark = highWatermark;
    this.#localEndOffset = highWatermark;
    this.#replicas = options.replicas;
    this.#trackFollowers(options.nowMs);
  }

  get highWatermark(): Offset {
    return this.#highWatermark;
  }

  /** The ISR as the controller committed it. */
  get isr(): readonly number[] {
    return this.#isr.committed;
  }

  /** The ISR that acknowledgements count: committed members and those being added. */
  get maximalIsr(): readonly number[] {
    return this.#isr.maximal;
  }

  get partitionEpoch(): number {
    return this.#isr.partitionEpoch;
  }

  get replicas(): readonly number[] {
    return this.#replicas;
  }

  /** min.insync.replicas, but never more than the partition has replicas. */
  get effectiveMinIsr(): number {
    return Math.min(this.#minInsyncReplicas, this.#replicas.length);
  }

  /** Whether acks=all may be promised. */
  get hasEnoughInSync(): boolean {
    return this.isr.length >= this.effectiveMinIsr;
  }

  /** How far a follower has come; undefined for a broker that is not a follower of this partition. */
  follower(replicaId: number): ReplicaProgress | undefined {
    return this.#followers.get(replicaId);
  }

  /** The topic's min.insync.replicas changed. */
  setMinInsyncReplicas(minInsyncReplicas: number): void {
    this.#minInsyncReplicas = minInsyncReplicas;
  }

  /**
   * The leader's own log may be counted up to `endOffset`: its end, or what is synced where records must be synced
   * before they are acknowledged.
   */
  localEndMoved(endOffset: Offset): void {
    invariant(endOffset >= this.#localEndOffset, 'a leader never truncates its log', {
      from: this.#localEndOffset,
      to: endOffset,
    });
    this.#localEndOffset = endOffset;
  }

  /**
   * A follower fetched; `leaderEndOffset` is the end of the leader's log. Must not be called for a fetch that was
   * answered with an error or a diverging epoch (KAFKA-13141). False when the fetch does not count.
   */
  followerFetched(fetch: FollowerFetch, leaderEndOffset: Offset): boolean {
    return this.#followers.get(fetch.replicaId)?.fetched(fetch, leaderEndOffset) ?? false;
  }

  /** Moves the high watermark as far as the rules allow; true when it moved. */
  advanceHighWatermark(leaderEndOffset: Offset, nowMs: number): boolean {
    if (!this.hasEnoughInSync) return false;
    let candidate = this.#localEndOffset;
    for (const follower of this.#followers.values()) {
      if (follower.logEndOffset < candidate && this.#counts(follower, leaderEndOffset, nowMs)) {
        candidate = follower.logEndOffset;
      }
    }
    if (candidate <= this.#highWatermark) return false;
    this.#highWatermark = candidate;
    return true;
  }

  /** Whether the high watermark waits for this follower: a member of the maximal ISR, or just about to become one. */
  #counts(follower: ReplicaProgress, leaderEndOffset: Offset, nowMs: number): boolean {
    if (this.maximalIsr.includes(follower.replicaId)) return true;
    const { isEligible, lagTimeMaxMs } = this.#options;
    return (
      follower.isCaughtUp(leaderEndOffset, nowMs, lagTimeMaxMs) && isEligible(follower.replicaId, follower.brokerEpoch)
    );
  }

  /** A proposal to take `replicaId` into the ISR, or undefined when it is no candidate or a proposal is under way. */
  proposeExpansion(replicaId: number): IsrProposal | undefined {
    const follower = this.#followers.get(replicaId);
    if (follower === undefined || this.#isr.pending !== undefined || this.maximalIsr.includes(replicaId))
      return undefined;
    const { logEndOffset, brokerEpoch } = follower;
    // Beyond the epoch's start as well: before that the high watermark may lag behind what former leaders acknowledged.
    if (logEndOffset < this.#highWatermark || logEndOffset < this.epochStartOffset) return undefined;
    if (!this.#options.isEligible(replicaId, brokerEpoch)) return undefined;
    return this.#isr.propose('expand', this.#members([...this.isr, replicaId]));
  }

  /** A proposal to drop every follower that was not caught up for too long, or undefined when there is none to drop. */
  proposeShrink(leaderEndOffset: Offset, nowMs: number): IsrProposal | undefined {
    if (this.#isr.pending !== undefined) return undefined;
    const { localId, lagTimeMaxMs } = this.#options;
    const kept = this.isr.filter(
      (id) => id === localId || this.#followers.get(id)?.isCaughtUp(leaderEndOffset, nowMs, lagTimeMaxMs) === true,
    );
    return kept.length === this.isr.length ? undefined : this.#isr.propose('shrink', this.#members(kept));
  }

  #members(ids: readonly number[]): { brokerId: number; brokerEpoch: number }[] {
    return ids.map((brokerId) => ({ brokerId, brokerEpoch: this.#followers.get(brokerId)?.brokerEpoch ?? -1 }));
  }

  /** The controller answered `proposal`; true when the in-sync set changed. */
  proposalAccepted(proposal: IsrProposal, decision: IsrDecision): boolean {
    return this.#isr.accepted(proposal, decision);
  }

  /** The controller refused `proposal` or could not be reached. See InSyncSet.failed. */
  proposalFailed(proposal: IsrProposal, error: Parameters<InSyncSet['failed']>[1]): ReturnType<InSyncSet['failed']> {
    return this.#isr.failed(proposal, error);
  }

  /** The metadata log moved the partition on within this leader epoch; true when it is news. */
  update(update: PartitionUpdate, nowMs: number): boolean {
    if (!this.#isr.commit(update)) return false;
    this.#replicas = update.replicas;
    this.#trackFollowers(nowMs);
    return true;
  }

  #trackFollowers(nowMs: number): void {
    const before = this.#followers;
    this.#followers = new Map();
    for (const id of this.#replicas) {
      if (id === this.#options.localId) continue;
      this.#followers.set(id, before.get(id) ?? new ReplicaProgress(id, this.isr.includes(id), nowMs));
    }
  }
}
