import { NO_NODE, type Endpoint, type ErrorName, type Offset, type OffsetAndEpoch, type Uuid } from '@milena/model';
import type { Clock, Random } from '@milena/platform';
import { DurableEnd } from './durable-end';
import { EffectsGatherer } from './effects-gatherer';
import { ElectionTiming } from './election-timing';
import type { ResponseFacts } from './messages';
import { Outbox } from './outbox';
import type { PlantedBugs } from './planted-bugs';
import { Quorum } from './quorum';
import type { Leadership } from './raft-effects';
import type { RaftBatches } from './raft-batches';
import type { RaftLog } from './raft-log';
import { DEFAULT_RAFT_SETTINGS, type RaftOptions, type RaftSettings } from './raft-options';
import type { ReplicaKey } from './replica-key';
import type { Role } from './role';
import type { SnapshotFetch } from './snapshot-fetching';
import { VoterSetHistory } from './voter-set-history';

const NO_JITTER: Pick<Random, 'below'> = { below: () => 0 };

/** Epochs up to here are believed at once, so that a new replica joins a quorum of any age. */
const EPOCH_ROOM = 2 ** 30;
/** How far another's epoch may be ahead beyond that. `milena quorum recover` skips a thousand. */
const EPOCH_JUMP_MAX = 2 ** 20;

/** A shutdown under way. */
export interface Stopping {
  /** When it ends at the latest. */
  readonly deadlineMs: number;
  /** Whether this replica led when it was told to stop. */
  readonly isHandingOver: boolean;
}

/** Everything the handlers of one replica work on. One per replica; nothing of it outlives it. */
export class RaftContext {
  readonly clusterId: Uuid;
  readonly self: ReplicaKey;
  readonly settings: RaftSettings;
  readonly log: RaftLog;
  readonly batches: RaftBatches;
  readonly clock: Clock;
  readonly random: Random;
  readonly timing: ElectionTiming;
  readonly bugs: PlantedBugs;
  readonly bootstrapServers: readonly Endpoint[];
  /** Whether the first leader writes the bootstrap voters to the log. */
  readonly writesVoters: boolean;
  readonly history: VoterSetHistory;
  readonly quorum: Quorum;
  readonly outbox: Outbox;
  readonly durable: DurableEnd;
  readonly effects: EffectsGatherer;
  /** Everything before it is committed. Grows only, whatever the role. */
  highWatermark: Offset | undefined;
  /** The snapshot that is being received from the leader. */
  snapshotFetch: SnapshotFetch | undefined;
  /** The snapshot that was received and is being installed: the log is about to be replaced, so it fetches nothing and stands for nothing. */
  installing: OffsetAndEpoch | undefined;
  /** Set once a shutdown began. */
  stopping: Stopping | undefined;
  /** Where this node serves the quorum's RPCs, whatever its entry in the voter set says. */
  readonly endpoint: Endpoint | undefined;
  readonly autoJoin: boolean;

  /** `roleEnded` is told every role that was left. */
  constructor(options: RaftOptions, roleEnded: (context: RaftContext, before: Role) => void) {
    this.clusterId = options.clusterId;
    this.self = options.self;
    this.settings = { ...DEFAULT_RAFT_SETTINGS, ...options.settings };
    this.log = options.log;
    this.batches = options.batches;
    this.clock = options.clock;
    this.random = options.random;
    this.bugs = options.plantedBugs ?? {};
    this.timing = new ElectionTiming(this.bugs.electWithoutJitter === true ? NO_JITTER : options.random, this.settings);
    this.bootstrapServers = options.bootstrapServers ?? [];
    this.writesVoters = options.bootstrap.source === 'checkpoint';
    this.endpoint = options.endpoint;
    this.autoJoin = options.autoJoin ?? false;
    this.history =
      this.bugs.applyVotersOnCommit === true
        ? new VoterSetHistory(options.bootstrap.voters, () => this.highWatermark ?? 0)
        : new VoterSetHistory(options.bootstrap.voters);
    this.effects = new EffectsGatherer(options.restored, this.bugs.replyToVoteBeforePersist === true);
    this.durable = new DurableEnd(options.log.startOffset());
    this.outbox = new Outbox(this.settings.requestTimeoutMs, this.settings.retryBackoffMs, (request) => {
      this.effects.send(request);
    });
    this.quorum = new Quorum(options.self, this.history, this.settings, this.timing, {
      roleChanged: (before) => {
        this.outbox.clear();
        roleEnded(this, before);
      },
      persist: (state) => {
        this.effects.wantPersisted(this.bugs.forgetVote === true ? { ...state, votedId: NO_NODE } : state);
      },
      highWatermark: () => this.highWatermark,
    });
  }

  get nowMs(): number {
    return this.clock.monotonicMs();
  }

  /** Whether the voters are those of the configuration (kraft.version 0). */
  get hasStaticVoters(): boolean {
    return !this.history.isWritten && !this.writesVoters;
  }

  /** Where this node says that it is reached. Static voters are where the configuration of all of them says. */
  get ownEndpoint(): Endpoint | undefined {
    const entry = this.history.latest.endpoint(this.self.id);
    return this.history.isWritten ? (this.endpoint ?? entry) : (entry ?? this.endpoint);
  }

  /**
   * Whether this replica is or could become a voter. It flushes before it fetches then, for its leader may know that it
   * is a voter before it does itself (KAFKA-13884, KAFKA-17332).
   */
  get mayVote(): boolean {
    return this.endpoint !== undefined || this.quorum.isVoter;
  }

  /** Another voter set rules from here on: it was appended, truncated away, or came with a snapshot. */
  votersChanged(): void {
    const snapshot = this.log.latestSnapshot();
    if (snapshot !== undefined) this.history.forgetBefore(snapshot.offset);
    this.quorum.votersChanged(this.nowMs);
    const { role } = this.quorum;
    if (role.name === 'leader') role.votersChanged(this.history.latest);
    if (role.name === 'follower') role.ownVoterDueMs = this.nowMs;
  }

  get leaderEndpoint(): Endpoint | undefined {
    const { role, leaderId } = this.quorum;
    if (role.name === 'leader') return this.ownEndpoint;
    if (role.name === 'follower' || role.name === 'prospective') return role.leader?.endpoint;
    return leaderId === undefined ? undefined : this.history.latest.endpoint(leaderId);
  }

  get leadership(): Leadership {
    const { role, epoch, leaderId } = this.quorum;
    return {
      role: role.name,
      epoch,
      leaderId,
      leaderEndpoint: this.leaderEndpoint,
      epochStartOffset: role.name === 'leader' ? role.epochStartOffset : undefined,
    };
  }

  /** What every response says of this replica. A stranger from another cluster learns nothing. */
  facts(error: ErrorName): ResponseFacts {
    if (error === 'INCONSISTENT_CLUSTER_ID') return { error, epoch: 0, leaderId: NO_NODE };
    const leaderEndpoint = this.leaderEndpoint;
    const known = { error, epoch: this.quorum.epoch, leaderId: this.quorum.leaderId ?? NO_NODE };
    return leaderEndpoint === undefined ? known : { ...known, leaderEndpoint };
  }

  /**
   * Whether elections can have led to an epoch. Epochs go up by one at a time, and one near the end of what their field
   * holds, once believed, would leave no room for elections ever after.
   */
  isPlausible(epoch: number): boolean {
    return epoch <= Math.max(EPOCH_ROOM, this.quorum.epoch + EPOCH_JUMP_MAX);
  }

  /**
   * Learns from a peer that `epoch` exists, and who leads it. An epoch has one leader at most, so the fact holds for ever,
   * however late it comes. Returns whether it fits what this replica knows.
   */
  observe(epoch: number, leaderId: number, endpoint: Endpoint | undefined): boolean {
    const { quorum } = this;
    if (epoch < quorum.epoch) return true;
    if (!this.isPlausible(epoch)) return false;
    if (this.bugs.ignoreNewerEpoch === true && quorum.role.name === 'leader') return true;
    const known = leaderId === NO_NODE || leaderId === this.self.id ? undefined : leaderId;
    if (epoch === quorum.epoch) {
      if (known === undefined) return true;
      if (quorum.role.name === 'leader' || quorum.role.name === 'resigned') return false;
      if (quorum.leaderId !== undefined && quorum.leaderId !== known) return false;
      if (quorum.role.name === 'follower' || quorum.role.name === 'prospective')
        return this.followAgain(known, endpoint);
    }
    const reachable = known === undefined ? undefined : (endpoint ?? this.history.latest.endpoint(known));
    if (known !== undefined && reachable !== undefined) {
      quorum.becomeFollower(epoch, { id: known, endpoint: reachable }, this.nowMs);
    } else if (epoch > quorum.epoch) quorum.becomeUnattached(epoch, known, this.nowMs);
    return true;
  }

  /** Keeps the log's end in the promise that nothing counts before it is flushed. */
  wantFlush(): void {
    this.effects.wantFlushed(this.durable.flush(this.log.endOffset(), this.log.lastEpoch()));
  }

  raiseHighWatermark(to: Offset): void {
    if (this.highWatermark !== undefined && to <= this.highWatermark) return;
    this.highWatermark = to;
    this.effects.committed(to);
  }

  /** A leader that is known already; only one without a leader has something to learn. */
  private followAgain(leaderId: number, endpoint: Endpoint | undefined): boolean {
    const { role } = this.quorum;
    if (role.name !== 'prospective' || role.leader !== undefined) return true;
    const reachable = endpoint ?? this.history.latest.endpoint(leaderId);
    if (reachable === undefined) return true;
    this.quorum.becomeFollower(role.epoch, { id: leaderId, endpoint: reachable }, this.nowMs);
    return true;
  }
}
