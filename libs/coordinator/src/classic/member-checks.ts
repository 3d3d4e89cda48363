import type { ErrorName } from '@milena/model';
import type { ClassicGroup } from './classic-group';

/** What a request says about who sent it. */
export interface MemberClaim {
  readonly memberId: string;
  readonly groupInstanceId?: string;
}

/** Why somebody is no member of the group: a static member has been replaced (FENCED_INSTANCE_ID), or nobody knows it. */
export function memberError(group: ClassicGroup, { memberId, groupInstanceId }: MemberClaim): ErrorName | undefined {
  if (groupInstanceId !== undefined) {
    const current = group.staticMembers.get(groupInstanceId);
    if (current === undefined) return 'UNKNOWN_MEMBER_ID';
    if (current !== memberId) return 'FENCED_INSTANCE_ID';
  }
  return group.members.has(memberId) ? undefined : 'UNKNOWN_MEMBER_ID';
}
