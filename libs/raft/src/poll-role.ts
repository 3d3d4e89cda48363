import { unreachable } from '@milena/model';
import { pollCandidate, pollProspective } from './election';
import { pollFetch } from './fetching';
import { pollFollower } from './following';
import { pollLeader } from './leadership';
import type { RaftContext } from './raft-context';
import { pollResigned } from './resigning';
import type { Role } from './role';
import type { Unattached } from './roles/unattached';

/** More role changes in one go than any path of the transition table has. */
const CHANGES_MAX = 8;

/** Does whatever is due in the present role, and in those it leads to. Returns when to come back, Infinity for never. */
export function pollRole(context: RaftContext): number {
  for (let change = 0; change < CHANGES_MAX; change++) {
    const { role } = context.quorum;
    const nextMs = poll(context, role);
    if (context.quorum.role === role) return nextMs;
  }
  return context.nowMs;
}

function poll(context: RaftContext, role: Role): number {
  switch (role.name) {
    case 'unattached':
      return pollUnattached(context, role);
    case 'prospective':
      return pollProspective(context, role);
    case 'candidate':
      return pollCandidate(context, role);
    case 'leader':
      return pollLeader(context, role);
    case 'follower':
      return pollFollower(context, role);
    case 'resigned':
      return pollResigned(context, role);
    default:
      return unreachable(role);
  }
}

/** A voter waits for its time; an observer asks one node after the other who leads. */
function pollUnattached(context: RaftContext, role: Unattached): number {
  if (context.installing !== undefined) return Infinity;
  // One that was removed goes on asking for the leader: the voters it knows may be gone.
  const fetchMs = context.quorum.isVoter ? Infinity : pollFetch(context);
  if (!context.quorum.mayStand) return fetchMs;
  if (context.nowMs < role.electionDeadlineMs) return Math.min(fetchMs, role.electionDeadlineMs);
  context.quorum.becomeProspective(context.nowMs);
  return context.nowMs;
}
