import { invariant, NO_NODE, ZERO_UUID, type Offset } from '@milena/model';
import { Ballot } from './ballot';
import type { ElectionTiming } from './election-timing';
import type { QuorumState } from './quorum-state';
import type { RaftSettings } from './raft-options';
import { matchesReplica, replicaKey, type ReplicaKey } from './replica-key';
import type { Role } from './role';
import type { Candidate } from './roles/candidate';
import type { Follower, KnownLeader } from './roles/follower';
import { Leader } from './roles/leader';
import type { Prospective } from './roles/prospective';
import type { Resigned } from './roles/resigned';
import type { Unattached } from './roles/unattached';
import type { VoterSetHistory } from './voter-set-history';

/** What the quorum tells its surroundings, and asks them. */
export interface QuorumSurroundings {
  /** The role object was replaced; `before` is the one that ended. */
  roleChanged(before: Role): void;
  /** What must be on disk before anything leaves. */
  persist(state: QuorumState): void;
  /** Everything before it is known to be committed. */
  highWatermark(): Offset | undefined;
}

/**
 * The replica's role, epoch and vote, and every legal transition (Kafka's QuorumState, with KIP-996).
 *
 * | from        | to          | when                                                                             |
 * |-------------|-------------|----------------------------------------------------------------------------------|
 * | any         | unattached  | a higher epoch is seen whose leader is unknown or unreachable                    |
 * | any         | follower    | the leader of a higher epoch, or of this one if none was known, becomes known    |
 * | unattached  | unattached  | a vote is granted in this epoch (vote persisted, timer drawn anew)               |
 * | unattached  | prospective | election timeout of a voter; at once for the only voter                          |
 * | follower    | prospective | fetch timeout of a voter, or it suspects its leader; leader and vote are kept    |
 * | prospective | candidate   | majority of pre-votes: epoch + 1, vote for itself                                |
 * | prospective | follower    | lost or timed out, and a leader is still known                                   |
 * | prospective | unattached  | lost or timed out without a leader, or a vote granted; epoch and vote are kept   |
 * | candidate   | leader      | majority of votes                                                                |
 * | candidate   | prospective | election timeout, also after the vote is lost                                    |
 * | prospective | unattached  | it is no voter any more; a candidate likewise                                    |
 * | leader      | resigned    | shutdown, resignation, no contact with a majority, its removal is committed      |
 * | resigned    | unattached  | election timeout: epoch + 1, for it may not follow itself nor lead this epoch    |
 *
 * Epoch, leader and vote are persisted; prospective and resigned are not. After a restart a replica that led is resigned:
 * its unflushed tail may be gone, and an (offset, epoch) pair must never name two records (KAFKA-10527).
 */
export class Quorum {
  private current: Role;
  private voted: ReplicaKey | undefined;
  /** Attempts left in which elections are retried after short pauses, because no leader is believed to live. */
  eagerAttemptsLeft = 0;
  private eagerEpoch = -1;

  constructor(
    readonly self: ReplicaKey,
    private readonly history: VoterSetHistory,
    private readonly settings: RaftSettings,
    private readonly timing: ElectionTiming,
    private readonly surroundings: QuorumSurroundings,
  ) {
    this.current = { name: 'unattached', epoch: 0, leaderId: undefined, electionDeadlineMs: Infinity };
  }

  get role(): Role {
    return this.current;
  }

  get epoch(): number {
    return this.current.epoch;
  }

  get isVoter(): boolean {
    return this.history.latest.includes(this.self);
  }

  /**
   * Whether this replica may stand for election: a voter may, and so may one that was removed while the removal is not known
   * to be committed. It may be the only one that has the record, and then nobody else can win (Raft dissertation, section
   * 4.2.2). Its own vote does not count then.
   */
  get mayStand(): boolean {
    const { latestOffset, previous } = this.history;
    if (this.isVoter) return true;
    return (
      latestOffset !== undefined &&
      latestOffset >= (this.surroundings.highWatermark() ?? 0) &&
      previous.includes(this.self)
    );
  }

  /** Whether this replica is the whole quorum. */
  get isOnlyVoter(): boolean {
    return this.history.latest.isOnly(this.self);
  }

  get votedFor(): ReplicaKey | undefined {
    return this.voted;
  }

  /** Id of the leader of this epoch. A resigned replica leads no more, and says so. */
  get leaderId(): number | undefined {
    const role = this.current;
    if (role.name === 'leader') return this.self.id;
    if (role.name === 'follower') return role.leader.id;
    if (role.name === 'prospective') return role.leader?.id;
    return role.name === 'unattached' ? role.leaderId : undefined;
  }

  get state(): QuorumState {
    const led = this.current.name === 'resigned' ? this.self.id : this.leaderId;
    return {
      leaderId: led ?? NO_NODE,
      leaderEpoch: this.epoch,
      votedId: this.voted?.id ?? NO_NODE,
      votedDirectoryId: this.voted?.directoryId ?? ZERO_UUID,
    };
  }

  /** Takes up the role that the quorum-state file and the log call for. */
  restore(file: QuorumState, lastEpochOfLog: number, nowMs: number): void {
    const { leaderEpoch: epoch, leaderId, votedId } = file;
    const startMs = this.mayStand ? nowMs + (this.isOnlyVoter ? 0 : this.timing.startJitterMs()) : Infinity;
    if (this.mayStand) this.eagerAttemptsLeft = this.settings.eagerAttempts;
    const unattached = (inEpoch: number, leader?: number): Unattached => {
      return { name: 'unattached', epoch: inEpoch, leaderId: leader, electionDeadlineMs: startMs };
    };
    if (epoch < lastEpochOfLog) return this.enter(unattached(lastEpochOfLog));
    const votedDirectoryId = file.votedDirectoryId === ZERO_UUID ? undefined : file.votedDirectoryId;
    this.voted = votedId === NO_NODE ? undefined : replicaKey(votedId, votedDirectoryId);
    if (!this.mayStand && (leaderId === this.self.id || leaderId === NO_NODE)) return this.enter(unattached(epoch));
    if (this.isOnlyVoter) return this.enter(unattached(epoch));
    if (leaderId === this.self.id) return this.enter(this.resigned(epoch, startMs, [], []));
    if (leaderId !== NO_NODE) {
      const endpoint = this.history.latest.endpoint(leaderId);
      if (endpoint === undefined) return this.enter(unattached(epoch, leaderId));
      return this.enter(this.follower(epoch, { id: leaderId, endpoint }, nowMs));
    }
    const stood = this.voted !== undefined && matchesReplica(this.voted, this.self);
    // With records of that epoch somebody was elected, perhaps itself and the file does not say so yet: it is over.
    return this.enter(stood && epoch > lastEpochOfLog ? this.candidate(epoch, nowMs) : unattached(epoch));
  }

  /**
   * Begins eager attempts because the leader seems dead. They are not begun again in the same epoch unless the leader was
   * heard from since, so that their number is bounded. Returns whether any are left.
   */
  beginEagerAttempts(wasHeardFrom: boolean): boolean {
    if (wasHeardFrom || this.eagerEpoch !== this.epoch) this.eagerAttemptsLeft = this.settings.eagerAttempts;
    this.eagerEpoch = this.epoch;
    return this.eagerAttemptsLeft > 0;
  }

  becomeUnattached(epoch: number, leaderId: number | undefined, nowMs: number): void {
    const from = this.current;
    invariant(epoch > from.epoch || from.name === 'prospective' || from.name === 'unattached', 'illegal transition', {
      from: from.name,
      epoch,
    });
    if (epoch > from.epoch) this.voted = undefined;
    this.enter({ name: 'unattached', epoch, leaderId, electionDeadlineMs: this.unattachedDeadlineMs(epoch, nowMs) });
  }

  /** Grants a binding vote in this epoch. */
  grantVote(candidate: ReplicaKey, nowMs: number): void {
    const { name, epoch } = this.current;
    invariant(name === 'unattached' || name === 'prospective', 'votes are granted without a leader only', { name });
    this.voted = replicaKey(candidate.id, candidate.directoryId);
    const electionDeadlineMs = this.mayStand ? nowMs + this.timing.electionTimeoutMs() : Infinity;
    this.enter({ name: 'unattached', epoch, leaderId: undefined, electionDeadlineMs });
  }

  becomeProspective(nowMs: number): void {
    const from = this.current;
    invariant(this.mayStand, 'only a voter stands for election', { id: this.self.id });
    invariant(
      from.name === 'unattached' || from.name === 'follower' || from.name === 'candidate',
      'illegal transition',
      {
        from: from.name,
      },
    );
    this.eagerAttemptsLeft = Math.max(0, this.eagerAttemptsLeft - 1);
    const prospective: Prospective = {
      name: 'prospective',
      epoch: from.epoch,
      leader: from.name === 'follower' ? from.leader : undefined,
      ballot: this.newBallot(),
      sinceMs: nowMs,
      electionDeadlineMs: nowMs + this.timing.electionTimeoutMs(),
      outranked: false,
      yieldUntilMs: undefined,
    };
    this.enter(prospective);
  }

  becomeCandidate(nowMs: number): void {
    invariant(this.current.name === 'prospective', 'illegal transition', { from: this.current.name });
    this.voted = this.self;
    this.enter(this.candidate(this.epoch + 1, nowMs));
  }

  becomeLeader(epochStartOffset: Offset, nowMs: number): Leader {
    invariant(this.current.name === 'candidate', 'illegal transition', { from: this.current.name });
    this.eagerAttemptsLeft = 0;
    const leader = new Leader(this.epoch, epochStartOffset, nowMs, this.self);
    this.enter(leader);
    return leader;
  }

  becomeFollower(epoch: number, leader: KnownLeader, nowMs: number): void {
    invariant(epoch > this.epoch || (epoch === this.epoch && this.current.name !== 'leader'), 'illegal transition', {
      from: this.current.name,
      epoch,
    });
    if (epoch > this.epoch) this.voted = undefined;
    this.enter(this.follower(epoch, leader, nowMs));
  }

  becomeResigned(preferredCandidates: readonly ReplicaKey[], nowMs: number): void {
    invariant(this.current.name === 'leader', 'illegal transition', { from: this.current.name });
    const untold = this.history.latest.ids.filter((id) => id !== this.self.id);
    const deadlineMs = this.isOnlyVoter ? nowMs : nowMs + this.timing.electionTimeoutMs();
    this.enter(this.resigned(this.epoch, deadlineMs, preferredCandidates, untold));
  }

  /** Another voter set rules: this replica may have become a voter, or ceased to be one. */
  votersChanged(nowMs: number): void {
    const role = this.current;
    if (role.name === 'unattached') {
      if (Number.isFinite(role.electionDeadlineMs) === this.mayStand) return;
      const electionDeadlineMs = this.mayStand ? nowMs + this.timing.electionTimeoutMs() : Infinity;
      this.enter({ ...role, electionDeadlineMs });
    } else if ((role.name === 'prospective' || role.name === 'candidate') && !this.mayStand) {
      const leaderId = role.name === 'prospective' ? role.leader?.id : undefined;
      this.enter({ name: 'unattached', epoch: role.epoch, leaderId, electionDeadlineMs: Infinity });
    }
  }

  private enter(role: Role): void {
    const before = this.current;
    invariant(role.epoch >= before.epoch, 'epochs never decrease', { from: before.epoch, to: role.epoch });
    this.current = role;
    this.surroundings.persist(this.state);
    this.surroundings.roleChanged(before);
  }

  /** The remaining time is kept, so that a stream of hopeless candidates cannot keep a good one from standing. */
  private unattachedDeadlineMs(epoch: number, nowMs: number): number {
    if (!this.mayStand) return Infinity;
    const from = this.current;
    if (epoch > from.epoch && from.name !== 'follower' && from.name !== 'leader') return from.electionDeadlineMs;
    return nowMs + (this.eagerAttemptsLeft > 0 ? this.timing.retryJitterMs() : this.timing.electionTimeoutMs());
  }

  /** The leader is asked last: it may be dead, and a connection to it in vain must not come before the others' votes. */
  private newBallot(): Ballot {
    const { ids, majority } = this.history.latest;
    const { leaderId } = this;
    const inOrder = [...ids.filter((id) => id !== leaderId), ...ids.filter((id) => id === leaderId)];
    return new Ballot(inOrder, this.self.id, majority);
  }

  private candidate(epoch: number, nowMs: number): Candidate {
    const electionDeadlineMs = nowMs + this.timing.electionTimeoutMs();
    return { name: 'candidate', epoch, ballot: this.newBallot(), electionDeadlineMs, isShortened: false };
  }

  private follower(epoch: number, leader: KnownLeader, nowMs: number): Follower {
    return {
      name: 'follower',
      epoch,
      leader,
      fetchDeadlineMs: nowMs + this.settings.fetchTimeoutMs,
      hasFetched: false,
      readRound: undefined,
      isLeaderSuspect: false,
      suspicionDeadlineMs: undefined,
      asksElsewhere: false,
      isAnnounced: false,
      ownVoterDueMs: nowMs,
    };
  }

  private resigned(
    epoch: number,
    electionDeadlineMs: number,
    preferredCandidates: readonly ReplicaKey[],
    untold: readonly number[],
  ): Resigned {
    return {
      name: 'resigned',
      epoch,
      electionDeadlineMs,
      preferredCandidates,
      untold: new Set(untold),
      unreachable: new Set(),
    };
  }
}
