import type { ErrorName } from '@milena/model';
import type { Logger } from '@milena/platform';
import type { ClassicGroup } from './classic/classic-group';
import { describeGroup, unknownGroup } from './classic/describe-group';
import { Groups } from './classic/groups';
import { heartbeat } from './classic/heartbeat';
import { joinGroup } from './classic/join-group';
import { leaveGroup } from './classic/leave-group';
import { answerJoin, answerSync, failedJoin, failedSync } from './classic/membership';
import { syncGroup } from './classic/sync-group';
import { Deadline, Deadlines } from './deadlines';
import type { GroupContext } from './group-context';
import type { GroupSettings } from './group-settings';
import type { DeletedGroup, GroupDescription } from './group-views';
import type { GroupsImage } from './image/groups-image';
import type {
  HeartbeatRequest,
  HeartbeatResponse,
  JoinGroupRequest,
  JoinGroupResponse,
  LeaveGroupRequest,
  LeaveGroupResponse,
  SyncGroupRequest,
  SyncGroupResponse,
} from './membership-requests';
import type { Moment } from './moment';
import type {
  CommitOffsetsRequest,
  CommitOffsetsResponse,
  DeleteOffsetsRequest,
  DeleteOffsetsResponse,
} from './offset-requests';
import { expireOffsets, forgetTopics } from './offsets/cleanup';
import { commitOffsets, committed } from './offsets/commit-offsets';
import { deleteGroup } from './offsets/delete-group';
import { deleteOffsets } from './offsets/delete-offsets';
import { Outbox, type CoordinatorOutputs, type Respond } from './outbox';

/** Groups that one coordinator holds in memory at a time; a client that would make one more is refused. */
const GROUPS_MAX = 100_000;
/** Between two passes of a cleanup that did not fit into one. */
const NEXT_PASS_MS = 1_000;
/** Groups of deleted topics remembered for the next pass. */
const DELETED_TOPICS_MAX = 10_000;

/** What a coordinator is made from. */
export interface GroupCoordinatorOptions {
  readonly settings: GroupSettings;
  readonly logger: Logger;
  readonly outputs: CoordinatorOutputs;
  /** What is kept, with everything that was written and not refused. Asked anew for every decision. */
  readonly image: () => GroupsImage;
  /** A member id nobody has, that begins with what is given. */
  readonly newMemberId: (prefix: string) => string;
}

/**
 * The coordinator of the groups of one partition, while its broker leads it. Synchronous: every input brings the time, may
 * answer earlier requests beside its own, asks for writes, and moves the time of the next deadline, at which `advance` must
 * be called. Answers that tell of a change wait for its write. Members, waits and deadlines exist here only; what is kept is
 * enough for the next coordinator to go on, with members that merely send their next request elsewhere.
 */
export class GroupCoordinator {
  readonly #context: GroupContext;
  readonly #groups: Groups;
  readonly #deadlines = new Deadlines();
  readonly #outbox: Outbox;
  readonly #deletedTopics = new Set<string>();
  readonly #expiry = new Deadline(() => this.#expire());
  readonly #topicCleanup = new Deadline(() => this.#forgetTopics());
  #now: Moment = { monotonicMs: 0, wallMs: 0 };

  constructor(options: GroupCoordinatorOptions) {
    const { settings, logger, outputs, image, newMemberId } = options;
    this.#outbox = new Outbox(outputs, (now, run) => this.#step(now, run));
    const now = (): Moment => this.#now;
    this.#context = { settings, logger, image, newMemberId, now, deadlines: this.#deadlines, outbox: this.#outbox };
    this.#groups = new Groups(this.#context);
  }

  /** When `advance` has to be called, on the monotonic clock; undefined for never. Calling it earlier does nothing. */
  get nextDeadlineMs(): number | undefined {
    return this.#deadlines.nextMs;
  }

  /** Groups with members, or that had some. */
  get groups(): Iterable<ClassicGroup> {
    return this.#groups.known();
  }

  /** Begins: takes over the groups that are kept. */
  load(now: Moment): void {
    this.#step(now, () => {
      this.#groups.load();
      this.#deadlines.set(this.#expiry, now.monotonicMs + this.#context.settings.retentionCheckMs);
    });
  }

  /** Does what is due. */
  advance(now: Moment): void {
    this.#step(now, () => this.#deadlines.run(now.monotonicMs));
  }

  /** Ends: everybody who waits is told to look for the next coordinator. */
  close(now: Moment): void {
    this.#step(now, () => {
      for (const group of this.#groups.known()) {
        for (const member of group.members.values()) {
          answerJoin(this.#context, member, failedJoin(member.memberId, 'NOT_COORDINATOR'));
          answerSync(this.#context, member, failedSync('NOT_COORDINATOR'));
        }
      }
    });
  }

  joinGroup(request: JoinGroupRequest, now: Moment, respond: Respond<JoinGroupResponse>): void {
    const { groupId, memberId, sessionTimeoutMs } = request;
    const { sessionTimeoutMinMs, sessionTimeoutMaxMs } = this.#context.settings;
    this.#step(now, () => {
      const refuse = (error: ErrorName): void => this.#outbox.answer(respond, failedJoin(memberId, error));
      if (groupId === '') return refuse('INVALID_GROUP_ID');
      if (sessionTimeoutMs < sessionTimeoutMinMs || sessionTimeoutMs > sessionTimeoutMaxMs) {
        return refuse('INVALID_SESSION_TIMEOUT');
      }
      const found = this.#groups.find(groupId);
      if (found === undefined && memberId !== '') return refuse('UNKNOWN_MEMBER_ID');
      if (found === undefined && this.#groups.size >= GROUPS_MAX) return refuse('COORDINATOR_NOT_AVAILABLE');
      const group = found ?? this.#groups.create(groupId);
      joinGroup(this.#context, group, request, respond);
      this.#groups.releaseIfVacant(group);
    });
  }

  syncGroup(request: SyncGroupRequest, now: Moment, respond: Respond<SyncGroupResponse>): void {
    this.#inGroup(request, now, {
      missing: (error) => this.#outbox.answer(respond, failedSync(error)),
      found: (group) => syncGroup(this.#context, group, request, respond),
    });
  }

  heartbeat(request: HeartbeatRequest, now: Moment, respond: Respond<HeartbeatResponse>): void {
    this.#inGroup(request, now, {
      missing: (error) => this.#outbox.answer(respond, { error }),
      found: (group) => this.#outbox.answer(respond, { error: heartbeat(this.#context, group, request) }),
    });
  }

  leaveGroup(request: LeaveGroupRequest, now: Moment, respond: Respond<LeaveGroupResponse>): void {
    this.#inGroup(request, now, {
      missing: (error) => this.#outbox.answer(respond, { error, members: [] }),
      found: (group) => this.#outbox.answer(respond, leaveGroup(this.#context, group, request)),
    });
  }

  commitOffsets(request: CommitOffsetsRequest, now: Moment, respond: Respond<CommitOffsetsResponse>): void {
    const { groupId, generationId } = request;
    this.#step(now, () => {
      const found = this.#groups.find(groupId);
      if (found === undefined && generationId >= 0) {
        return this.#outbox.answer(respond, committed(request, 'GROUP_ID_NOT_FOUND'));
      }
      const group = found ?? this.#groups.create(groupId);
      commitOffsets(this.#context, group, request, respond);
      this.#groups.releaseIfVacant(group);
    });
  }

  deleteOffsets(request: DeleteOffsetsRequest, now: Moment, respond: Respond<DeleteOffsetsResponse>): void {
    this.#step(now, () => {
      const group = this.#groups.find(request.groupId);
      if (group === undefined) return this.#outbox.answer(respond, { error: 'GROUP_ID_NOT_FOUND', topics: [] });
      deleteOffsets(this.#context, group, request, respond);
      this.#groups.releaseIfVacant(group);
    });
  }

  deleteGroup(groupId: string, now: Moment, respond: Respond<DeletedGroup>): void {
    this.#step(now, () => {
      const group = this.#groups.find(groupId);
      if (group === undefined) return this.#outbox.answer(respond, { groupId, error: 'GROUP_ID_NOT_FOUND' });
      deleteGroup(this.#context, group, (error) => {
        if (error === 'NONE') this.#groups.drop(group);
        this.#outbox.answer(respond, { groupId, error });
      });
    });
  }

  describeGroup(groupId: string): GroupDescription {
    const group = this.#groups.find(groupId);
    if (group === undefined) return unknownGroup(groupId);
    this.#groups.releaseIfVacant(group);
    return describeGroup(group);
  }

  /** Topics are gone: so is what was committed for them. */
  topicsDeleted(topics: Iterable<string>, now: Moment): void {
    this.#step(now, () => {
      for (const topic of topics) if (this.#deletedTopics.size < DELETED_TOPICS_MAX) this.#deletedTopics.add(topic);
      this.#forgetTopics();
    });
  }

  #inGroup(
    { groupId }: { readonly groupId: string },
    now: Moment,
    then: { missing(error: ErrorName): void; found(group: ClassicGroup): void },
  ): void {
    this.#step(now, () => {
      if (groupId === '') return then.missing('INVALID_GROUP_ID');
      const group = this.#groups.find(groupId);
      if (group === undefined) return then.missing('UNKNOWN_MEMBER_ID');
      then.found(group);
      this.#groups.releaseIfVacant(group);
    });
  }

  #expire(): void {
    this.#groups.releaseAbandoned();
    const hasMore = expireOffsets(this.#context, this.#groups);
    const delayMs = hasMore ? NEXT_PASS_MS : this.#context.settings.retentionCheckMs;
    this.#deadlines.set(this.#expiry, this.#now.monotonicMs + delayMs);
  }

  #forgetTopics(): void {
    if (forgetTopics(this.#context, this.#deletedTopics)) {
      this.#deadlines.set(this.#topicCleanup, this.#now.monotonicMs + NEXT_PASS_MS);
    } else {
      this.#deletedTopics.clear();
    }
  }

  #step(now: Moment, run: () => void): void {
    this.#now = now;
    run();
    this.#outbox.flush();
  }
}
