import type { ErrorName } from '@milena/model';
import type { GroupContext } from '../group-context';
import type { SyncGroupResponse } from '../membership-requests';
import type { ClassicGroup } from './classic-group';
import type { GroupMember } from './group-member';
import { answerSync, failedSync } from './membership';

const NO_ASSIGNMENT = Buffer.alloc(0);

/** The answer to a member of a stable group. */
export function assignmentOf({ protocolType, protocolName }: ClassicGroup, member: GroupMember): SyncGroupResponse {
  return {
    error: 'NONE',
    ...(protocolType === undefined ? {} : { protocolType }),
    ...(protocolName === undefined ? {} : { protocolName }),
    assignment: member.assignment,
  };
}

/** Hands out the assignments the leader made, to those who wait for them. */
export function giveAssignments(
  context: GroupContext,
  group: ClassicGroup,
  assignments: ReadonlyMap<string, Buffer>,
): void {
  for (const member of group.members.values()) {
    member.assignment = assignments.get(member.memberId) ?? NO_ASSIGNMENT;
    answerSync(context, member, assignmentOf(group, member));
  }
}

/** There will be no assignment for this generation. */
export function withholdAssignments(context: GroupContext, group: ClassicGroup, error: ErrorName): void {
  for (const member of group.members.values()) {
    member.assignment = NO_ASSIGNMENT;
    answerSync(context, member, failedSync(error));
  }
}
