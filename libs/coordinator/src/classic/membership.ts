import type { ErrorName } from '@milena/model';
import type { GroupContext } from '../group-context';
import type { JoinGroupResponse, SyncGroupResponse } from '../membership-requests';
import type { ClassicGroup } from './classic-group';
import type { GroupMember } from './group-member';

const NO_ASSIGNMENT = Buffer.alloc(0);

/** An answer to JoinGroup that makes nobody a member. */
export function failedJoin(memberId: string, error: ErrorName): JoinGroupResponse {
  return { error, generationId: -1, leader: '', skipAssignment: false, memberId, members: [] };
}

/** An answer to SyncGroup without an assignment. */
export function failedSync(error: ErrorName): SyncGroupResponse {
  return { error, assignment: NO_ASSIGNMENT };
}

/** The member is alive: its session begins anew. */
export function keepAlive(
  context: GroupContext,
  member: GroupMember,
  timeoutMs = member.traits.sessionTimeoutMs,
): void {
  context.deadlines.set(member.session, context.now().monotonicMs + timeoutMs);
}

/** Answers the JoinGroup of a member, if one waits. */
export function answerJoin(context: GroupContext, member: GroupMember, response: JoinGroupResponse): void {
  const respond = member.awaitingJoin;
  if (respond === undefined) return;
  member.awaitingJoin = undefined;
  context.outbox.answer(respond, response);
}

/** Answers the SyncGroup of a member, if one waits; from now on the member has to show that it lives. */
export function answerSync(context: GroupContext, member: GroupMember, response: SyncGroupResponse): void {
  const respond = member.awaitingSync;
  if (respond === undefined) return;
  member.awaitingSync = undefined;
  context.outbox.answer(respond, response);
  keepAlive(context, member);
}

/** Takes a member out of the group and answers what it waits for. What follows for the group is the caller's to decide. */
export function removeMember(
  context: GroupContext,
  group: ClassicGroup,
  member: GroupMember,
  error: ErrorName = 'UNKNOWN_MEMBER_ID',
): void {
  answerJoin(context, member, failedJoin('', error));
  answerSync(context, member, failedSync(error));
  context.deadlines.clear(member.session);
  group.remove(member);
}

/** Gives the id of a client that has not come back with it to nobody. */
export function removePendingMember(context: GroupContext, group: ClassicGroup, memberId: string): boolean {
  const deadline = group.pendingMembers.get(memberId);
  if (deadline === undefined) return false;
  context.deadlines.clear(deadline);
  return group.pendingMembers.delete(memberId);
}
