import { askBootstrapServers } from './fetching';
import { becomeLeader } from './leadership';
import type { VoteRequest, VoteResponse } from './messages';
import type { OutgoingRequest } from './raft-effects';
import type { RaftContext } from './raft-context';
import type { Candidate } from './roles/candidate';
import type { Prospective } from './roles/prospective';

/** Acts for a prospective voter; returns when it must act next. */
export function pollProspective(context: RaftContext, role: Prospective): number {
  const { quorum, nowMs } = context;
  const outcome = role.ballot.outcome;
  if (outcome === 'won') {
    if (role.outranked) role.yieldUntilMs ??= nowMs + context.timing.yieldMs(nowMs - role.sinceMs);
    if (role.yieldUntilMs !== undefined && nowMs < role.yieldUntilMs) return role.yieldUntilMs;
    quorum.becomeCandidate(nowMs);
    return nowMs;
  }
  const isHopeless = outcome === 'lost' || (outcome === 'stalled' && quorum.eagerAttemptsLeft > 0);
  if (isHopeless || nowMs >= role.electionDeadlineMs) {
    giveUp(context, role);
    return nowMs;
  }
  return Math.min(role.electionDeadlineMs, askForVotes(context, role), askBootstrapServers(context, role));
}

/** A prospective voter that failed returns to the leader it knew, which may live after all. */
function giveUp(context: RaftContext, role: Prospective): void {
  const { quorum, nowMs } = context;
  if (role.leader === undefined) {
    quorum.becomeUnattached(role.epoch, undefined, nowMs);
    return;
  }
  quorum.becomeFollower(role.epoch, role.leader, nowMs);
  if (quorum.role.name !== 'follower' || quorum.eagerAttemptsLeft === 0) return;
  quorum.role.isLeaderSuspect = true;
  quorum.role.suspicionDeadlineMs = nowMs + context.timing.retryJitterMs();
}

/** Acts for a candidate; returns when it must act next. */
export function pollCandidate(context: RaftContext, role: Candidate): number {
  const { quorum, nowMs } = context;
  const outcome = role.ballot.outcome;
  if (outcome === 'won') {
    becomeLeader(context, role.ballot.grantingIds);
    return nowMs;
  }
  const isDecided = outcome === 'lost' || outcome === 'stalled';
  if (isDecided && quorum.eagerAttemptsLeft > 0 && !role.isShortened) {
    role.isShortened = true;
    role.electionDeadlineMs = Math.min(role.electionDeadlineMs, nowMs + context.timing.retryJitterMs());
  }
  if (nowMs >= role.electionDeadlineMs) {
    quorum.becomeProspective(nowMs);
    return nowMs;
  }
  return Math.min(role.electionDeadlineMs, outcome === 'lost' ? Infinity : askForVotes(context, role));
}

/** Asks every voter that has not answered, as soon as its pause is over. */
function askForVotes(context: RaftContext, role: Prospective | Candidate): number {
  let nextMs = Infinity;
  for (const id of role.ballot.unansweredIds) {
    const voter = context.history.latest.voter(id);
    if (voter === undefined) continue;
    if (context.outbox.isResting(id, context.nowMs)) role.ballot.recordFailure(id);
    const readyAtMs = context.outbox.readyAtMs(id, 'vote');
    if (readyAtMs > context.nowMs) {
      nextMs = Math.min(nextMs, readyAtMs);
      continue;
    }
    const request: VoteRequest = {
      type: 'vote',
      clusterId: context.clusterId,
      voter: voter.key,
      epoch: role.epoch,
      candidate: context.self,
      lastEpoch: context.log.lastEpoch(),
      lastOffset: context.log.endOffset(),
      preVote: role.name === 'prospective',
    };
    context.outbox.send({ nodeId: id, endpoint: voter.endpoint }, request);
  }
  return nextMs;
}

/** Counts the answer to a vote request of the present role. */
export function receiveVote(context: RaftContext, sent: OutgoingRequest, response: VoteResponse): void {
  const { role } = context.quorum;
  if (role.name !== 'prospective' && role.name !== 'candidate') return;
  if (response.error === 'NONE') {
    role.ballot.record(sent.nodeId, response.voteGranted);
    return;
  }
  if (response.error === 'UNSUPPORTED_VERSION' && role.name === 'prospective') {
    // A peer from before KIP-996: nobody there could grant a pre-vote, so the real vote has to do.
    context.quorum.becomeCandidate(context.nowMs);
    return;
  }
  failVote(context, sent);
}

/** A voter could not be asked: it is asked again after a short pause, for it may be starting this very moment. */
export function failVote(context: RaftContext, sent: OutgoingRequest): void {
  const { role } = context.quorum;
  if (role.name !== 'prospective' && role.name !== 'candidate') return;
  role.ballot.recordFailure(sent.nodeId);
  context.outbox.failed(sent, context.nowMs, context.settings.retryBackoffMs);
}
