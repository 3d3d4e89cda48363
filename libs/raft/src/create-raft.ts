import { invariant, unreachable } from '@milena/model';
import type { ChannelFailureReason } from '@milena/platform';
import { answerDescribeQuorum, describeQuorum } from './describe-quorum';
import { failVote, receiveVote } from './election';
import { dismissParkedFetches, maybeAdvanceHighWatermark, receiveFetch } from './fetch-requests';
import { failFetch, receiveRecords } from './fetching';
import { answerBeginQuorumEpoch, answerEndQuorumEpoch, suspect } from './following';
import { appendAsLeader, failAnnouncement, resign } from './leadership';
import type { RaftRequest, RaftResponse } from './messages';
import { pollRole } from './poll-role';
import type { Raft } from './raft';
import { RaftContext } from './raft-context';
import type { LogFlush, OutgoingRequest } from './raft-effects';
import type { RaftOptions } from './raft-options';
import { failFarewell, mayStop, receiveFarewell } from './resigning';
import { restoreVoters } from './restore-voters';
import { answerVote } from './vote-requests';

/**
 * Makes one replica of the metadata log.
 *
 * The protocol in five requests. A voter that misses its leader asks with a pre-vote Vote whether it would win, then with
 * a Vote in a new epoch. The winner tells the voters with BeginQuorumEpoch. Replicas pull records with Fetch, whose offset
 * acknowledges what came before; so nothing but fetches moves the high watermark, and a leader that nobody fetches from
 * steps down. A leader that stops says so with EndQuorumEpoch. Raft's AppendEntries has no counterpart: BeginQuorumEpoch
 * and EndQuorumEpoch make up for the leader being unable to push (KIP-595).
 */
export function createRaft(options: RaftOptions): Raft {
  const context = new RaftContext(options, (current, before) => {
    if (before.name === 'leader') dismissParkedFetches(current, before);
  });
  const { quorum, effects } = context;
  let isStarted = false;
  let isStopped = false;
  let nextTickMs = Infinity;

  /** Runs an input, then whatever has become due. */
  const input = <T>(handle: () => T): T => {
    invariant(isStarted, 'start comes before any other input');
    const result = handle();
    if (isStopped) return result;
    nextTickMs = pollRole(context);
    if (context.stopDeadlineMs === undefined) return result;
    nextTickMs = Math.min(nextTickMs, context.stopDeadlineMs);
    if (mayStop(context, context.stopDeadlineMs)) {
      isStopped = true;
      nextTickMs = Infinity;
      effects.stop();
    }
    return result;
  };

  return {
    start() {
      invariant(!isStarted, 'a replica starts once');
      isStarted = true;
      input(() => {
        restoreVoters(context);
        quorum.restore(options.restored, context.log.lastEpoch(), context.nowMs);
        if (context.log.endOffset() > context.log.startOffset()) context.wantFlush();
      });
    },
    tick: () => {
      input(() => undefined);
    },
    request: (requestId, request) => {
      input(() => {
        receive(context, requestId, request);
      });
    },
    requestGone: (requestId) => {
      if (quorum.role.name === 'leader') quorum.role.parked.delete(requestId);
    },
    response: (correlationId, response) => {
      input(() => {
        receiveResponse(context, correlationId, response);
      });
    },
    requestFailed: (correlationId, reason) => {
      input(() => {
        const sent = context.outbox.take(correlationId);
        if (sent !== undefined) fail(context, sent, reason);
      });
    },
    peerSuspected: (nodeId) => {
      input(() => {
        suspect(context, nodeId);
      });
    },
    append: (epoch, encode) => input(() => appendAsLeader(context, epoch, encode)),
    flushed: (flush: LogFlush) => {
      input(() => {
        context.durable.flushed(flush);
        if (quorum.role.name === 'leader') maybeAdvanceHighWatermark(context, quorum.role);
      });
    },
    resign: (epoch) => {
      input(() => {
        if (quorum.role.name === 'leader' && quorum.role.epoch === epoch) resign(context, quorum.role);
      });
    },
    shutdown: (timeoutMs) => {
      input(() => {
        context.stopDeadlineMs = context.nowMs + timeoutMs;
        if (quorum.role.name === 'leader' && !quorum.isOnlyVoter) resign(context, quorum.role);
      });
    },
    takeEffects: () => effects.take(context.leadership, nextTickMs),
    get leadership() {
      return context.leadership;
    },
    get highWatermark() {
      return context.highWatermark;
    },
    get voters() {
      return context.history.latest;
    },
    describe: () => describeQuorum(context),
  };
}

function receive(context: RaftContext, requestId: number, request: RaftRequest): void {
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
    case 'describeQuorum':
      context.effects.answer(requestId, answerDescribeQuorum(context, request));
      return;
    default:
      unreachable(request);
  }
}

function receiveResponse(context: RaftContext, correlationId: number, response: RaftResponse): void {
  const sent = context.outbox.take(correlationId);
  if (response.error === 'INCONSISTENT_CLUSTER_ID') {
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
      // A leader that was restarted or is stopping has resigned, and nobody else knows it yet.
      if (response.error === 'NOT_LEADER_OR_FOLLOWER') suspect(context, sent.nodeId);
      return;
    case 'beginQuorumEpoch':
      context.outbox.succeeded(sent);
      return;
    case 'endQuorumEpoch':
      receiveFarewell(context, sent);
      return;
    case 'describeQuorum':
      return;
    default:
      unreachable(response);
  }
}

function fail(context: RaftContext, sent: OutgoingRequest, reason: ChannelFailureReason): void {
  switch (sent.request.type) {
    case 'vote':
      failVote(context, sent);
      break;
    case 'fetch':
      failFetch(context, sent, 'silent');
      break;
    case 'beginQuorumEpoch':
      failAnnouncement(context, sent);
      break;
    case 'endQuorumEpoch':
      failFarewell(context, sent);
      break;
    case 'describeQuorum':
      break;
    default:
      unreachable(sent.request);
  }
  if (reason === 'reset' || reason === 'refused') suspect(context, sent.nodeId);
}
