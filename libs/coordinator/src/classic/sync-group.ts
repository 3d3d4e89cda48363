import type { ErrorName } from '@milena/model';
import type { GroupContext } from '../group-context';
import type { SyncGroupRequest, SyncGroupResponse } from '../membership-requests';
import type { Respond } from '../outbox';
import { groupWriteError } from '../write-errors';
import { assignmentOf, giveAssignments, withholdAssignments } from './assignment';
import type { ClassicGroup } from './classic-group';
import type { GroupMember } from './group-member';
import { memberError } from './member-checks';
import { answerSync, failedSync } from './membership';
import { persistGroup } from './persist-group';
import { rebalance } from './rebalance';

const NO_ASSIGNMENT = Buffer.alloc(0);

/** Gives a member its assignment, as soon as the leader has brought it and it is kept. */
export function syncGroup(
  context: GroupContext,
  group: ClassicGroup,
  request: SyncGroupRequest,
  respond: Respond<SyncGroupResponse>,
): void {
  const refuse = (error: ErrorName): void => context.outbox.answer(respond, failedSync(error));
  const error = syncError(group, request);
  const member = group.members.get(request.memberId);
  if (error !== undefined || member === undefined) return refuse(error ?? 'UNKNOWN_MEMBER_ID');
  switch (group.state) {
    case 'PreparingRebalance':
      return refuse('REBALANCE_IN_PROGRESS');
    case 'Stable':
      noteSync(context, group, member);
      return context.outbox.answer(respond, assignmentOf(group, member));
    case 'CompletingRebalance':
      noteSync(context, group, member);
      answerSync(context, member, failedSync('REBALANCE_IN_PROGRESS'));
      member.awaitingSync = respond;
      if (group.leaderId === member.memberId) assign(context, group, request);
      return;
    default:
      return refuse('UNKNOWN_MEMBER_ID');
  }
}

function syncError(group: ClassicGroup, request: SyncGroupRequest): ErrorName | undefined {
  if (group.state === 'Dead') return 'COORDINATOR_NOT_AVAILABLE';
  const error = memberError(group, request);
  if (error !== undefined) return error;
  if (request.generationId !== group.generationId) return 'ILLEGAL_GENERATION';
  const { protocolType = group.protocolType, protocolName = group.protocolName } = request;
  const isConsistent = protocolType === group.protocolType && protocolName === group.protocolName;
  return isConsistent ? undefined : 'INCONSISTENT_GROUP_PROTOCOL';
}

function noteSync(context: GroupContext, group: ClassicGroup, member: GroupMember): void {
  group.pendingSync.delete(member.memberId);
  if (group.pendingSync.size === 0) context.deadlines.clear(group.deadlines.sync);
}

/** The leader has shared the partitions: once that is kept, members are told. */
function assign(context: GroupContext, group: ClassicGroup, request: SyncGroupRequest): void {
  const { generationId } = group;
  if (group.assigningGeneration === generationId) return;
  group.assigningGeneration = generationId;
  const assignments = new Map(request.assignments.map(({ memberId, assignment }) => [memberId, assignment]));
  persistGroup(context, group, {
    operation: 'assignment',
    assignmentOf: ({ memberId }) => assignments.get(memberId) ?? NO_ASSIGNMENT,
    settled: (error) => {
      // Somebody may have joined or left meanwhile; then there is another generation on its way.
      if (group.state !== 'CompletingRebalance' || group.generationId !== generationId) return;
      group.assigningGeneration = undefined;
      if (error === undefined) {
        giveAssignments(context, group, assignments);
        group.transitionTo('Stable', context.now().wallMs);
        context.outbox.count('completed rebalance');
        context.logger.info('group is stable', { groupId: group.groupId, generationId });
      } else {
        withholdAssignments(context, group, groupWriteError(error));
        rebalance(context, group, `the assignment was not kept: ${error}`);
      }
    },
  });
}
