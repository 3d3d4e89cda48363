import type { ErrorName } from '@milena/model';
import type { GroupContext } from '../group-context';
import type { LeaveGroupRequest, LeaveGroupResponse, LeavingMember } from '../membership-requests';
import type { ClassicGroup } from './classic-group';
import { memberError } from './member-checks';
import { removeMember, removePendingMember } from './membership';
import { completeJoinIfAllJoined } from './rebalance';
import { membersGone } from './session-expiry';

/** Takes members out of the group at their own or an administrator's wish; the others rebalance once for all of them. */
export function leaveGroup(
  context: GroupContext,
  group: ClassicGroup,
  { members }: LeaveGroupRequest,
): LeaveGroupResponse {
  if (group.state === 'Dead') return { error: 'COORDINATOR_NOT_AVAILABLE', members: [] };
  const sizeBefore = group.members.size;
  const left = members.map((leaving) => {
    const { memberId, groupInstanceId } = leaving;
    const instance = groupInstanceId === undefined ? {} : { groupInstanceId };
    return { memberId, ...instance, error: leave(context, group, leaving) };
  });
  if (group.members.size < sizeBefore) {
    const reasons = [...new Set(members.map(({ reason = '' }) => reason))].filter((reason) => reason !== '');
    membersGone(context, group, ['members leave', ...reasons].join(': '));
  } else {
    // Only a client that never came back with its id may have gone: nobody need join again, but it may have been waited for.
    completeJoinIfAllJoined(context, group);
  }
  return { error: 'NONE', members: left };
}

function leave(context: GroupContext, group: ClassicGroup, leaving: LeavingMember): ErrorName {
  const { memberId, groupInstanceId } = leaving;
  if (memberId === '') {
    const current = groupInstanceId === undefined ? undefined : group.staticMembers.get(groupInstanceId);
    const member = current === undefined ? undefined : group.members.get(current);
    if (member === undefined) return 'UNKNOWN_MEMBER_ID';
    removeMember(context, group, member);
    return 'NONE';
  }
  if (removePendingMember(context, group, memberId)) return 'NONE';
  const error = memberError(group, leaving);
  const member = group.members.get(memberId);
  if (error !== undefined || member === undefined) return error ?? 'UNKNOWN_MEMBER_ID';
  removeMember(context, group, member);
  return 'NONE';
}
