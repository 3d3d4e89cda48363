import type { ErrorName } from '@milena/model';
import type { GroupContext } from '../group-context';
import type { JoinGroupResponse } from '../membership-requests';
import type { Respond } from '../outbox';
import { groupWriteError } from '../write-errors';
import type { ClassicGroup } from './classic-group';
import type { GroupMember } from './group-member';
import { answerJoin, answerSync, failedJoin, failedSync, keepAlive } from './membership';
import { persistGroup } from './persist-group';
import { completeJoinIfAllJoined, joinedResponse, rebalance } from './rebalance';

/** A static member that came back without its id. */
export interface StaticReturn {
  readonly former: GroupMember;
  /** The member in its new life. */
  readonly member: GroupMember;
  readonly respond: Respond<JoinGroupResponse>;
  readonly supportsSkippingAssignment: boolean;
}

/**
 * A static member is back, in a new life (KIP-345): it takes the place and the assignment of the former one, whom the next
 * request fences. In a stable group whose protocol stays the same nobody else notices.
 */
export function replaceStaticMember(context: GroupContext, group: ClassicGroup, back: StaticReturn): void {
  const { former, member, respond } = back;
  const formerLeader = group.leaderId ?? '';
  exchange(context, group, former, member);
  member.awaitingJoin = respond;
  switch (group.state) {
    case 'Stable':
      if (group.selectProtocol() === group.protocolName) keepPlace(context, group, { ...back, formerLeader });
      else rebalance(context, group, `static member ${member.memberId} is back with other protocols`);
      return;
    case 'CompletingRebalance':
      // The leader may have been told the former id already, and would assign nothing to the new one.
      return rebalance(context, group, `static member ${member.memberId} is back`);
    default:
      return completeJoinIfAllJoined(context, group);
  }
}

function exchange(context: GroupContext, group: ClassicGroup, former: GroupMember, member: GroupMember): void {
  answerJoin(context, former, failedJoin(former.memberId, 'FENCED_INSTANCE_ID'));
  answerSync(context, former, failedSync('FENCED_INSTANCE_ID'));
  context.deadlines.clear(former.session);
  member.assignment = former.assignment;
  group.replace(former, member);
  keepAlive(context, member);
}

function keepPlace(
  context: GroupContext,
  group: ClassicGroup,
  { former, member, formerLeader, supportsSkippingAssignment }: StaticReturn & { readonly formerLeader: string },
): void {
  const answer = (): JoinGroupResponse => {
    const joined = joinedResponse(group, member);
    if (supportsSkippingAssignment) return { ...joined, skipAssignment: group.leaderId === member.memberId };
    // Told that somebody else leads, a client that cannot skip the assignment does not make one (KIP-345).
    return { ...joined, leader: formerLeader, members: [] };
  };
  const settled = (error: ErrorName | undefined): void => {
    if (group.members.get(member.memberId) !== member) return;
    if (error === undefined) {
      if (group.state !== 'Stable') return;
      answerJoin(context, member, answer());
      keepAlive(context, member);
      return;
    }
    answerJoin(context, member, failedJoin('', groupWriteError(error)));
    if (group.state === 'Stable') exchange(context, group, member, former);
  };
  persistGroup(context, group, { operation: 'static member', settled });
}
