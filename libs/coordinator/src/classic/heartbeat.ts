import type { ErrorName } from '@milena/model';
import type { GroupContext } from '../group-context';
import type { HeartbeatRequest } from '../membership-requests';
import type { ClassicGroup } from './classic-group';
import { memberError } from './member-checks';
import { keepAlive } from './membership';

/** Takes note that a member lives; tells it when it has to join again. */
export function heartbeat(context: GroupContext, group: ClassicGroup, request: HeartbeatRequest): ErrorName {
  if (group.state === 'Dead') return 'COORDINATOR_NOT_AVAILABLE';
  const error = memberError(group, request);
  const member = group.members.get(request.memberId);
  if (error !== undefined || member === undefined) return error ?? 'UNKNOWN_MEMBER_ID';
  if (request.generationId !== group.generationId) return 'ILLEGAL_GENERATION';
  keepAlive(context, member);
  return group.state === 'PreparingRebalance' ? 'REBALANCE_IN_PROGRESS' : 'NONE';
}
