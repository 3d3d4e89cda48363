import { pollFetch } from './fetching';
import type { EndQuorumEpochRequest, EndQuorumEpochResponse } from './messages';
import type { BeginQuorumEpochRequest, BeginQuorumEpochResponse } from './messages';
import { pollOwnVoter } from './own-voter';
import type { RaftContext } from './raft-context';
import { matchesReplica } from './replica-key';
import type { Follower } from './roles/follower';

/** Acts for a follower; returns when it must act next. */
export function pollFollower(context: RaftContext, role: Follower): number {
  const { quorum, nowMs } = context;
  if (context.installing !== undefined) return Infinity;
  if (!quorum.mayStand) {
    if (nowMs >= role.fetchDeadlineMs) {
      role.asksElsewhere = true;
      // Others may count this replica as a voter already, and need its pre-vote.
      role.hasFetched = false;
      role.fetchDeadlineMs = nowMs + context.settings.fetchTimeoutMs;
    }
    return Math.min(role.fetchDeadlineMs, pollOwnVoter(context, role), pollFetch(context));
  }
  const electionMs = Math.min(role.fetchDeadlineMs, role.suspicionDeadlineMs ?? Infinity);
  if (nowMs >= electionMs) {
    if (nowMs >= role.fetchDeadlineMs) {
      // Silence of that length says as much as a broken connection: nobody waits for the vote of the silent one, and when the
      // votes are split, the next attempt comes soon.
      context.outbox.rest(role.leader.id, nowMs + context.settings.suspectRestMs);
      quorum.beginEagerAttempts(role.hasFetched);
    }
    quorum.becomeProspective(nowMs);
    return nowMs;
  }
  return Math.min(electionMs, pollOwnVoter(context, role), pollFetch(context));
}

/**
 * Something is wrong with `nodeId`. If that is the leader, this voter grants pre-votes and stands for one after `delayMs`,
 * and again after short pauses, a bounded number of times (decision 11). A pre-vote harms no leader that lives, because
 * voters that still fetch from it refuse.
 */
function suspect(context: RaftContext, nodeId: number, delayMs: number): void {
  const { quorum, nowMs } = context;
  const { role } = quorum;
  if (role.name !== 'follower' || role.leader.id !== nodeId || !quorum.mayStand || role.isLeaderSuspect) return;
  if (!quorum.beginEagerAttempts(role.hasFetched)) return;
  role.isLeaderSuspect = true;
  role.suspicionDeadlineMs = nowMs + delayMs;
}

/**
 * The connection to `nodeId` broke or is refused: it is most likely dead, and an attempt to reach it would cost an election
 * more than its vote is worth.
 */
export function suspectDead(context: RaftContext, nodeId: number): void {
  if (context.quorum.leaderId === nodeId) context.outbox.rest(nodeId, context.nowMs + context.settings.suspectRestMs);
  suspect(context, nodeId, 0);
}

/**
 * `nodeId` says that it does not lead: a leader that was restarted or is stopping has resigned, and nobody else knows it yet.
 * One that led until now is about to say who should follow.
 */
export function suspectResigned(context: RaftContext, nodeId: number): void {
  const { role } = context.quorum;
  suspect(context, nodeId, role.name === 'follower' && role.hasFetched ? context.timing.retryJitterMs() : 0);
}

/** A leader makes itself known. */
export function answerBeginQuorumEpoch(
  context: RaftContext,
  request: BeginQuorumEpochRequest,
): BeginQuorumEpochResponse {
  const answer = (error: BeginQuorumEpochResponse['error']): BeginQuorumEpochResponse => {
    return { ...context.facts(error), type: 'beginQuorumEpoch' };
  };
  if (request.clusterId !== context.clusterId) return answer('INCONSISTENT_CLUSTER_ID');
  if (request.epoch < context.quorum.epoch) return answer('FENCED_LEADER_EPOCH');
  if (!matchesReplica(request.voter, context.self)) return answer('INVALID_VOTER_KEY');
  if (request.leaderId < 0 || request.leaderId === context.self.id) return answer('INVALID_REQUEST');
  const fits = context.observe(request.epoch, request.leaderId, request.leaderEndpoint);
  return answer(fits ? 'NONE' : 'INVALID_REQUEST');
}

/**
 * The leader steps down: the first successor stands for election at once, the others later. The first one needs no
 * pre-vote, whose only purpose is not to disturb a leader that lives (Raft dissertation, section 3.10).
 */
export function answerEndQuorumEpoch(context: RaftContext, request: EndQuorumEpochRequest): EndQuorumEpochResponse {
  const { quorum } = context;
  const answer = (error: EndQuorumEpochResponse['error']): EndQuorumEpochResponse => {
    return { ...context.facts(error), type: 'endQuorumEpoch' };
  };
  if (request.clusterId !== context.clusterId) return answer('INCONSISTENT_CLUSTER_ID');
  if (request.epoch < quorum.epoch) return answer('FENCED_LEADER_EPOCH');
  if (!matchesReplica(request.voter, context.self)) return answer('INVALID_VOTER_KEY');
  if (request.leaderId < 0 || request.leaderId === context.self.id) return answer('INVALID_REQUEST');
  if (!context.observe(request.epoch, request.leaderId, undefined)) return answer('INVALID_REQUEST');
  succeed(context, request);
  return answer('NONE');
}

/** Takes this voter's place among the successors; one that stands already for lack of a leader, too. */
function succeed(context: RaftContext, { leaderId, preferredCandidates }: EndQuorumEpochRequest): void {
  const { quorum, nowMs } = context;
  const { role } = quorum;
  if ((role.name !== 'follower' && role.name !== 'prospective') || !quorum.mayStand) return;
  const position = preferredCandidates.findIndex((key) => matchesReplica(key, context.self));
  // What the leader knew of the logs may be old, and the first successor lose: then the next attempt comes soon.
  quorum.beginEagerAttempts(role.name === 'follower' && role.hasFetched);
  if (position === 0) {
    // It is busy stopping, and its vote is seldom needed.
    context.outbox.rest(leaderId, nowMs + context.settings.suspectRestMs);
    if (role.name === 'follower') quorum.becomeProspective(nowMs);
    quorum.becomeCandidate(nowMs);
  } else if (role.name === 'prospective') {
    role.outranked = true;
  } else {
    const delayMs = context.timing.successorDelayMs(position, preferredCandidates.length);
    role.fetchDeadlineMs = Math.min(role.fetchDeadlineMs, nowMs + delayMs);
    role.isLeaderSuspect = true;
  }
}
