import type { EndQuorumEpochRequest } from './messages';
import type { OutgoingRequest } from './raft-effects';
import type { RaftContext, Stopping } from './raft-context';
import type { Resigned } from './roles/resigned';

/** Acts for a replica that led: tells the voters, then leaves the epoch for good. Returns when it must act next. */
export function pollResigned(context: RaftContext, role: Resigned): number {
  const { quorum, nowMs } = context;
  if (nowMs >= role.electionDeadlineMs || isDone(context, role)) {
    const isBumped = context.bugs.keepEpochAfterResigning !== true;
    quorum.becomeUnattached(isBumped ? role.epoch + 1 : role.epoch, undefined, nowMs);
    return nowMs;
  }
  let nextMs = role.electionDeadlineMs;
  for (const id of role.untold) {
    const voter = context.history.latest.voter(id);
    if (voter === undefined) continue;
    const readyAtMs = context.outbox.readyAtMs(id, 'endQuorumEpoch');
    if (readyAtMs > nowMs) {
      nextMs = Math.min(nextMs, readyAtMs);
      continue;
    }
    const request: EndQuorumEpochRequest = {
      type: 'endQuorumEpoch',
      clusterId: context.clusterId,
      voter: voter.key,
      leaderId: context.self.id,
      epoch: role.epoch,
      preferredCandidates: role.preferredCandidates,
    };
    context.outbox.send({ nodeId: id, endpoint: voter.endpoint }, request);
  }
  return nextMs;
}

/** Whether this replica was removed from the voter set and told so: nobody will tell it who follows, so it asks. */
function isDone({ quorum }: RaftContext, role: Resigned): boolean {
  return !quorum.mayStand && role.preferredCandidates.length > 0 && role.untold.size === 0;
}

/** A voter was told, or refuses to hear it. */
export function receiveFarewell(context: RaftContext, sent: OutgoingRequest): void {
  const { role } = context.quorum;
  if (role.name === 'resigned') role.untold.delete(sent.nodeId);
}

/** A voter could not be told; it is tried again while this replica is resigned. */
export function failFarewell(context: RaftContext, sent: OutgoingRequest): void {
  const { role } = context.quorum;
  if (role.name !== 'resigned') return;
  role.unreachable.add(sent.nodeId);
  context.outbox.failed(sent, context.nowMs, context.settings.fetchTimeoutMs / 2);
}

/**
 * Whether a stop may end: nobody waits for this replica any more. One that led stays, to grant its vote, until it knows its
 * successor, its time is up, or no other voter can be reached. It never stands for election again.
 */
export function mayStop(context: RaftContext, { deadlineMs, isHandingOver }: Stopping): boolean {
  const { role } = context.quorum;
  if (!isHandingOver || context.nowMs >= deadlineMs) return true;
  if (role.name !== 'resigned') return role.name !== 'unattached';
  const isNobodyTold = role.untold.size === role.preferredCandidates.length;
  return isNobodyTold && [...role.untold].every((id) => role.unreachable.has(id));
}
