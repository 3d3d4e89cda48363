import type { ErrorName } from '@milena/model';
import { Deadline } from '../deadlines';
import type { GroupContext } from '../group-context';
import type { JoinGroupRequest, JoinGroupResponse } from '../membership-requests';
import type { Respond } from '../outbox';
import type { ClassicGroup } from './classic-group';
import type { GroupMember, MemberTraits } from './group-member';
import { memberError } from './member-checks';
import { answerJoin, failedJoin, keepAlive, removeMember } from './membership';
import { newMember } from './new-member';
import { joinedResponse, rebalance } from './rebalance';
import { replaceStaticMember } from './replace-static-member';
import { membersGone, pendingMemberEnded } from './session-expiry';

/** A new member is given up when the group has not formed after this time: its client does not know its id. */
const NEW_MEMBER_WAIT_MS = 5 * 60_000;
/** Ids given out in one group to clients that have not come back with them. */
const PENDING_MEMBERS_MAX = 10_000;

/** Makes a client a member of the group's next generation, or tells a member of the present one how things stand. */
export function joinGroup(
  context: GroupContext,
  group: ClassicGroup,
  request: JoinGroupRequest,
  respond: Respond<JoinGroupResponse>,
): void {
  const refuse = (error: ErrorName, memberId = request.memberId): void =>
    context.outbox.answer(respond, failedJoin(memberId, error));
  if (group.state === 'Dead') return refuse('COORDINATOR_NOT_AVAILABLE');
  if (!hasRoom(context, group, request.memberId)) {
    pendingMemberEnded(context, group, request.memberId);
    const member = group.members.get(request.memberId);
    if (member !== undefined) {
      removeMember(context, group, member);
      membersGone(context, group, 'the group is larger than group.max.size');
    }
    return refuse('GROUP_MAX_SIZE_REACHED', '');
  }
  if (!group.supports(request.protocolType, request.protocols)) return refuse('INCONSISTENT_GROUP_PROTOCOL');
  if (request.memberId === '') return joinWithoutId(context, group, request, respond);
  if (group.pendingMembers.has(request.memberId)) {
    if (request.groupInstanceId !== undefined) return refuse('UNKNOWN_MEMBER_ID');
    return addMember(context, group, request, respond);
  }
  const error = memberError(group, request);
  const member = group.members.get(request.memberId);
  if (error !== undefined || member === undefined) return refuse(error ?? 'UNKNOWN_MEMBER_ID');
  return rejoin(context, group, { member, request, respond });
}

function hasRoom({ settings }: GroupContext, group: ClassicGroup, memberId: string): boolean {
  const { membersMax } = settings;
  switch (group.state) {
    case 'Empty':
    case 'Dead':
      return true;
    case 'PreparingRebalance':
      // Whoever waits counts, not the members: a group that is too large loses the last ones that join again.
      return group.members.get(memberId)?.awaitingJoin !== undefined || group.awaitingJoinCount < membersMax;
    default:
      return group.members.has(memberId) || group.members.size < membersMax;
  }
}

function joinWithoutId(
  context: GroupContext,
  group: ClassicGroup,
  request: JoinGroupRequest,
  respond: Respond<JoinGroupResponse>,
): void {
  const { groupInstanceId, clientId, requiresKnownMemberId } = request;
  const memberId = context.newMemberId(groupInstanceId ?? clientId);
  if (groupInstanceId !== undefined) {
    const formerId = group.staticMembers.get(groupInstanceId);
    const former = formerId === undefined ? undefined : group.members.get(formerId);
    if (former === undefined) return addMember(context, group, { ...request, memberId }, respond);
    const member = newMember(context, group, { memberId, groupInstanceId }, traitsOf(request));
    return replaceStaticMember(context, group, { former, member, respond, ...request });
  }
  if (!requiresKnownMemberId) return addMember(context, group, { ...request, memberId }, respond);
  if (group.pendingMembers.size >= PENDING_MEMBERS_MAX) {
    return context.outbox.answer(respond, failedJoin('', 'GROUP_MAX_SIZE_REACHED'));
  }
  const deadline = new Deadline(() => pendingMemberEnded(context, group, memberId));
  group.pendingMembers.set(memberId, deadline);
  context.deadlines.set(deadline, context.now().monotonicMs + request.sessionTimeoutMs);
  return context.outbox.answer(respond, failedJoin(memberId, 'MEMBER_ID_REQUIRED'));
}

function addMember(
  context: GroupContext,
  group: ClassicGroup,
  request: JoinGroupRequest,
  respond: Respond<JoinGroupResponse>,
): void {
  const pending = group.pendingMembers.get(request.memberId);
  if (pending !== undefined) context.deadlines.clear(pending);
  const member = newMember(context, group, request, traitsOf(request));
  member.isNew = true;
  member.awaitingJoin = respond;
  if (group.gathering !== undefined) group.gathering = { ...group.gathering, hasGrown: true };
  group.add(member, request.protocolType);
  keepAlive(context, member, NEW_MEMBER_WAIT_MS);
  rebalance(context, group, because(`member ${member.memberId} joins`, request));
}

/** A member that joins again. */
interface Rejoin {
  readonly member: GroupMember;
  readonly request: JoinGroupRequest;
  readonly respond: Respond<JoinGroupResponse>;
}

function rejoin(context: GroupContext, group: ClassicGroup, { member, request, respond }: Rejoin): void {
  const rejoins = (what: string): void => {
    group.changeTraits(member, traitsOf(request));
    // A client that asks again has given up its former request; that one is not left without an answer.
    answerJoin(context, member, failedJoin(member.memberId, 'REBALANCE_IN_PROGRESS'));
    member.awaitingJoin = respond;
    rebalance(context, group, because(`${what} ${member.memberId} joins again`, request));
  };
  const isLeader = group.leaderId === member.memberId;
  const isUnchanged = member.offers(request.protocols);
  switch (group.state) {
    case 'PreparingRebalance':
      return rejoins('member');
    case 'CompletingRebalance':
      // It may have missed the answer; but with other metadata the generation is not what it wants.
      if (!isUnchanged) return rejoins('changed member');
      return context.outbox.answer(respond, joinedResponse(group, member));
    case 'Stable':
      // A leader joins again when it wants partitions shared anew, for reasons only it knows.
      if (isLeader) return rejoins('leader');
      if (!isUnchanged) return rejoins('changed member');
      return context.outbox.answer(respond, joinedResponse(group, member));
    default:
      return context.outbox.answer(respond, failedJoin(member.memberId, 'UNKNOWN_MEMBER_ID'));
  }
}

function traitsOf(request: JoinGroupRequest): MemberTraits {
  const { clientId, clientHost, rebalanceTimeoutMs, sessionTimeoutMs, protocols } = request;
  return { clientId, clientHost, rebalanceTimeoutMs, sessionTimeoutMs, protocols };
}

function because(what: string, { reason = '' }: JoinGroupRequest): string {
  return reason === '' ? what : `${what}: ${reason}`;
}
