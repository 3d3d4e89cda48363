import { NO_NODE } from '@milena/model';
import { endVoterChange } from './end-voter-change';
import { SUPPORTED_KRAFT_VERSIONS, supportsDynamicVoters } from './kraft-versions';
import type { DescribeReplicaRequest, DescribeReplicaResponse } from './messages';
import type { OutgoingRequest } from './raft-effects';
import type { RaftContext } from './raft-context';
import { refusedChange } from './refused-change';
import { matchesReplica } from './replica-key';
import type { VoterChange } from './roles/leader';

/**
 * Asks the endpoint that is to enter the voter set who is there, as often as it takes: an address that nobody can reach
 * would outlive every restart once it is committed (KAFKA-20661). Returns when to come back.
 */
export function sendProbe(context: RaftContext, change: VoterChange): number {
  const { request } = change;
  if (request.type === 'removeVoter') return Infinity;
  const readyAtMs = context.outbox.readyAtMs(NO_NODE, 'describeReplica');
  if (readyAtMs > context.nowMs) return readyAtMs;
  change.probe = { type: 'describeReplica', clusterId: context.clusterId, replica: request.voter };
  // The endpoint is not known to be that node's: what becomes of the connection says nothing about the node.
  context.outbox.send({ nodeId: NO_NODE, endpoint: request.endpoint }, change.probe);
  return Infinity;
}

/** The endpoint answered. */
export function receiveProbe(context: RaftContext, sent: OutgoingRequest, response: DescribeReplicaResponse): void {
  const { role } = context.quorum;
  context.outbox.succeeded(sent);
  if (role.name !== 'leader' || role.change?.stage !== 'probing' || role.change.probe !== sent.request) return;
  const { change } = role;
  const { voter } = change.request;
  const isExpected = response.error === 'NONE' && matchesReplica(voter, response.replica);
  if (!isExpected) {
    const message = `at that endpoint is replica ${response.replica.id}, not voter ${voter.id} with that directory id`;
    endVoterChange(context, role, refusedChange('INVALID_VOTER_KEY', message));
    return;
  }
  if (!supportsDynamicVoters(response.kraftVersions)) {
    endVoterChange(
      context,
      role,
      refusedChange('INVALID_REQUEST', `voter ${voter.id} does not support kraft.version 1`),
    );
    return;
  }
  change.kraftVersions = response.kraftVersions;
  change.stage = change.request.type === 'addVoter' ? 'catchingUp' : 'ready';
}

/** The endpoint did not answer, or not as one of this cluster: it is tried again after a pause until time is up. */
export function failProbe(context: RaftContext, sent: OutgoingRequest): void {
  context.outbox.failed(sent, context.nowMs, context.settings.fetchTimeoutMs / 2);
}

/** Answers a probe. */
export function answerDescribeReplica(context: RaftContext, request: DescribeReplicaRequest): DescribeReplicaResponse {
  const isSelf = matchesReplica(request.replica, context.self);
  const isOfCluster = request.clusterId === context.clusterId;
  const error = isOfCluster ? (isSelf ? 'NONE' : 'INVALID_VOTER_KEY') : 'INCONSISTENT_CLUSTER_ID';
  return {
    ...context.facts(error),
    type: 'describeReplica',
    replica: context.self,
    kraftVersions: SUPPORTED_KRAFT_VERSIONS,
  };
}
