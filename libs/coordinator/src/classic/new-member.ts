import { Deadline } from '../deadlines';
import type { GroupContext } from '../group-context';
import type { ClassicGroup } from './classic-group';
import { GroupMember, type MemberTraits } from './group-member';
import type { MemberClaim } from './member-checks';
import { sessionEnded } from './session-expiry';

/** Makes a member whose end of session the group will notice. It is not in the group yet. */
export function newMember(
  context: GroupContext,
  group: ClassicGroup,
  { memberId, groupInstanceId }: MemberClaim,
  traits: MemberTraits,
): GroupMember {
  const session = new Deadline(() => sessionEnded(context, group, member));
  const member: GroupMember = new GroupMember(memberId, groupInstanceId, traits, session);
  return member;
}
