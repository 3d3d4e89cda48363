import { compareLogEnds, type ErrorName } from '@milena/model';
import type { VoteRequest, VoteResponse } from './messages';
import type { RaftContext } from './raft-context';
import { matchesReplica } from './replica-key';
import type { Prospective } from './roles/prospective';

/**
 * Answers a vote or pre-vote request (Raft section 5.4.1, KIP-595, KIP-996). A request of a higher epoch makes this
 * replica leave its own, a pre-vote too: it carries its sender's epoch as it is, so this never inflates epochs.
 */
export function answerVote(context: RaftContext, request: VoteRequest): VoteResponse {
  const error = refusal(context, request);
  if (error !== undefined) return { ...context.facts(error), type: 'vote', voteGranted: false };
  context.observe(request.epoch, -1, undefined);
  if (!isMeant(context, request)) {
    return { ...context.facts('INVALID_VOTER_KEY'), type: 'vote', voteGranted: false };
  }
  const voteGranted = request.preVote ? grantsPreVote(context, request) : grantsVote(context, request);
  return { ...context.facts('NONE'), type: 'vote', voteGranted };
}

/**
 * Whether this replica is the voter that is asked. Who names no directory asks a static voter: a replica that took its place
 * on another disk, and is none, has not what that voter acknowledged.
 */
function isMeant({ self, quorum }: RaftContext, { voter }: VoteRequest): boolean {
  return matchesReplica(voter, self) && (voter.directoryId !== undefined || quorum.isVoter);
}

function refusal(context: RaftContext, request: VoteRequest): ErrorName | undefined {
  if (request.clusterId !== context.clusterId) return 'INCONSISTENT_CLUSTER_ID';
  const { lastEpoch, lastOffset, epoch, preVote } = request;
  if (lastOffset < 0 || lastEpoch < 0 || (preVote ? lastEpoch > epoch : lastEpoch >= epoch)) return 'INVALID_REQUEST';
  if (!context.isPlausible(epoch)) return 'INVALID_REQUEST';
  return epoch < context.quorum.epoch ? 'FENCED_LEADER_EPOCH' : undefined;
}

function rank(context: RaftContext, request: Pick<VoteRequest, 'lastOffset' | 'lastEpoch'>): number {
  return compareLogEnds(
    { offset: request.lastOffset, epoch: request.lastEpoch },
    { offset: context.log.endOffset(), epoch: context.log.lastEpoch() },
  );
}

function isUpToDate(context: RaftContext, request: VoteRequest): boolean {
  return context.bugs.grantVoteToStaleLog === true || rank(context, request) >= 0;
}

function grantsPreVote(context: RaftContext, request: VoteRequest): boolean {
  const { role } = context.quorum;
  if (role.name === 'leader') return false;
  if (role.name === 'follower' && role.hasFetched && !role.isLeaderSuspect) return false;
  if (role.name === 'prospective') {
    meetRival(context, role, request);
    // About to stand for the real vote: a rival that won its pre-vote too would split it.
    if (role.ballot.outcome === 'won' && !role.outranked) return false;
  }
  return isUpToDate(context, request);
}

/**
 * Both may win now; the one of lower rank lets the other go first, or they would split the vote. The one of higher rank has
 * the other's pre-vote without asking: who stands itself refuses only logs behind its own.
 */
function meetRival(context: RaftContext, role: Prospective, { candidate, ...request }: VoteRequest): void {
  if (context.bugs.electWithoutJitter === true || !context.history.latest.includes(candidate)) return;
  const order = rank(context, request);
  if (order > 0 || (order === 0 && candidate.id > context.self.id)) role.outranked = true;
  else role.ballot.recount(candidate.id);
}

/**
 * A candidate that has the vote may ask again, and gets it again for a log that is no worse than ours: one that lost in a
 * power cut what it had not flushed asks with less than it got the vote for.
 */
function grantsVote(context: RaftContext, request: VoteRequest): boolean {
  const { role, votedFor, leaderId } = context.quorum;
  if (role.name !== 'unattached' && role.name !== 'prospective') return false;
  if (votedFor !== undefined && context.bugs.grantVoteTwice !== true)
    return matchesReplica(votedFor, request.candidate) && isUpToDate(context, request);
  if (leaderId !== undefined || !isUpToDate(context, request)) return false;
  context.quorum.grantVote(request.candidate, context.nowMs);
  return true;
}
