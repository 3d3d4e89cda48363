import type { GroupContext } from '../group-context';
import type { ClassicGroup } from './classic-group';
import type { GroupMember } from './group-member';
import { removeMember, removePendingMember } from './membership';
import { completeJoinIfAllJoined, rebalance } from './rebalance';

/** Members have gone: what that means for the group. */
export function membersGone(context: GroupContext, group: ClassicGroup, reason: string): void {
  if (group.state === 'Empty' || group.state === 'Dead') return;
  rebalance(context, group, reason);
}

/** A member has not been heard of for its session timeout. One that waits for an answer of ours cannot show that it lives. */
export function sessionEnded(context: GroupContext, group: ClassicGroup, member: GroupMember): void {
  const { memberId } = member;
  if (!member.isNew && (member.awaitingJoin !== undefined || member.awaitingSync !== undefined)) return;
  context.logger.info('session of a group member ended', { groupId: group.groupId, memberId });
  removeMember(context, group, member);
  membersGone(context, group, `session of ${memberId} ended`);
}

/** A client that was given an id has not come back with it. */
export function pendingMemberEnded(context: GroupContext, group: ClassicGroup, memberId: string): void {
  if (removePendingMember(context, group, memberId)) completeJoinIfAllJoined(context, group);
}
