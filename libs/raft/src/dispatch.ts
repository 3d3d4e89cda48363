import { unreachable } from '@milena/model';
import type { ChannelFailureReason } from '@milena/platform';
import { answerDescribeQuorum } from './describe-quorum';
import { failVote, receiveVote } from './election';
import { receiveFetch } from './fetch-requests';
import { failFetch, receiveRecords } from './fetching';
import { answerBeginQuorumEpoch, answerEndQuorumEpoch, suspectDead, suspectResigned } from './following';
import { failAnnouncement } from './leadership';
import type { RaftRequest, RaftResponse } from './messages';
import { receiveAnnouncement } from './own-voter';
import { answerDescribeReplica, failProbe, receiveProbe } from './probe-voter';
import type { RaftContext } from './raft-context';
import type { OutgoingRequest } from './raft-effects';
import { receiveReadIndex } from './read-index';
import { failFarewell, receiveFarewell } from './resigning';
import { receivePiece } from './snapshot-fetching';
import { answerFetchSnapshot } from './snapshot-requests';
import { receiveVoterChange } from './voter-changes';
import { answerVote } from './vote-requests';

/** A request came in: answers it, now or, for a fetch, maybe later. */
export function receiveRequest(context: RaftContext, requestId: number, request: RaftRequest): void {
  switch (request.type) {
    case 'vote':
      context.effects.answer(requestId, answerVote(context, request));
      return;
    case 'beginQuorumEpoch':
      context.effects.answer(requestId, answerBeginQuorumEpoch(context, request));
      return;
    case 'endQuorumEpoch':
      context.effects.answer(requestId, answerEndQuorumEpoch(context, request));
      return;
    case 'fetch':
      receiveFetch(context, requestId, request);
      return;
    case 'fetchSnapshot':
      context.effects.answer(requestId, answerFetchSnapshot(context, request));
      return;
    case 'describeQuorum':
      context.effects.answer(requestId, answerDescribeQuorum(context, request));
      return;
    case 'readIndex':
      receiveReadIndex(context, requestId, request);
      return;
    case 'describeReplica':
      context.effects.answer(requestId, answerDescribeReplica(context, request));
      return;
    case 'addVoter':
    case 'removeVoter':
    case 'updateVoter':
      receiveVoterChange(context, requestId, request);
      return;
    default:
      unreachable(request);
  }
}

/** A response came in. What it says of epoch and leader counts always, the rest only while the request is remembered. */
export function receiveResponse(context: RaftContext, correlationId: number, response: RaftResponse): void {
  const sent = context.outbox.take(correlationId);
  if (response.error === 'INCONSISTENT_CLUSTER_ID' || !context.isPlausible(response.epoch)) {
    if (sent !== undefined) fail(context, sent, 'status');
    return;
  }
  const { role } = context.quorum;
  context.observe(response.epoch, response.leaderId, response.leaderEndpoint);
  // What it says about the former role is of no interest to the new one.
  if (sent === undefined || context.quorum.role !== role) return;
  switch (response.type) {
    case 'vote':
      receiveVote(context, sent, response);
      return;
    case 'fetch':
      receiveRecords(context, sent, response);
      if (response.error === 'NOT_LEADER_OR_FOLLOWER') suspectResigned(context, sent.nodeId);
      return;
    case 'fetchSnapshot':
      receivePiece(context, sent, response);
      if (response.error === 'NOT_LEADER_OR_FOLLOWER') suspectResigned(context, sent.nodeId);
      return;
    case 'beginQuorumEpoch':
      context.outbox.succeeded(sent);
      return;
    case 'endQuorumEpoch':
      receiveFarewell(context, sent);
      return;
    case 'describeReplica':
      receiveProbe(context, sent, response);
      return;
    case 'updateVoter':
      receiveAnnouncement(context, response);
      return;
    case 'addVoter':
    case 'removeVoter':
    case 'describeQuorum':
    case 'readIndex':
      // Whoever asked sees by its voter set what became of it.
      return;
    default:
      unreachable(response);
  }
}

/** A request got no response. */
export function receiveFailure(context: RaftContext, correlationId: number, reason: ChannelFailureReason): void {
  const sent = context.outbox.take(correlationId);
  if (sent !== undefined) fail(context, sent, reason);
}

function fail(context: RaftContext, sent: OutgoingRequest, reason: ChannelFailureReason): void {
  switch (sent.request.type) {
    case 'vote':
      failVote(context, sent);
      break;
    case 'fetch':
    case 'fetchSnapshot':
      failFetch(context, sent, 'silent');
      break;
    case 'beginQuorumEpoch':
      failAnnouncement(context, sent);
      break;
    case 'endQuorumEpoch':
      failFarewell(context, sent);
      break;
    case 'describeReplica':
      failProbe(context, sent);
      break;
    case 'addVoter':
    case 'removeVoter':
    case 'updateVoter':
    case 'describeQuorum':
    case 'readIndex':
      break;
    default:
      unreachable(sent.request);
  }
  if (reason === 'reset' || reason === 'refused') suspectDead(context, sent.nodeId);
}
