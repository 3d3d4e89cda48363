import { unreachable } from '@milena/model';
import { appendVoters } from './append-voters';
import { newcomerRefusal, withNewcomer } from './add-voter';
import { answerVoterChange, endVoterChange } from './end-voter-change';
import { answerParkedFetches, maybeAdvanceHighWatermark } from './fetch-requests';
import { announceVoter } from './kraft-upgrade';
import type { VoterChangeRequest } from './messages';
import { sendProbe } from './probe-voter';
import type { RaftContext } from './raft-context';
import type { RaftSettings } from './raft-options';
import { refusedChange, type RefusedChange } from './refused-change';
import { removalRefusal, withoutVoter } from './remove-voter';
import type { Leader, VoterChange } from './roles/leader';
import { updateRefusal, withUpdate } from './update-voter';
import type { VoterSet } from './voter-set';

/** Longest time an AddVoter may take; nobody else can change the voter set meanwhile. */
const ADD_TIMEOUT_MAX_MS = 60_000;

/**
 * A request to change the voter set (KIP-853). One change at a time, and none before the leader has committed a record of
 * its own epoch: so two sets that may rule at once differ by one voter, and any two majorities of theirs have one in common
 * (Raft dissertation, section 4.1).
 */
export function receiveVoterChange(context: RaftContext, requestId: number, request: VoterChangeRequest): void {
  const { role } = context.quorum;
  const refused = refusal(context, request);
  if (refused !== undefined || role.name !== 'leader') {
    answerVoterChange(
      context,
      { requestId, request },
      refused ?? refusedChange('NOT_LEADER_OR_FOLLOWER', 'another node leads'),
    );
    return;
  }
  if (request.type === 'updateVoter' && !context.history.isWritten) {
    announceVoter(role, request);
    answerVoterChange(context, { requestId, request });
    return;
  }
  role.change = {
    requestId,
    request,
    deadlineMs: context.nowMs + timeoutOf(request, context.settings),
    stage: request.type === 'removeVoter' ? 'ready' : 'probing',
    probe: undefined,
    kraftVersions: undefined,
  };
}

/** How long a change may take; a voter that tells of itself waits for its answer itself, and no longer than for any other. */
function timeoutOf(request: VoterChangeRequest, { requestTimeoutMs }: RaftSettings): number {
  if (request.type === 'addVoter') return Math.min(request.timeoutMs, ADD_TIMEOUT_MAX_MS);
  return request.type === 'updateVoter' ? requestTimeoutMs / 2 : requestTimeoutMs;
}

function refusal(context: RaftContext, request: VoterChangeRequest): RefusedChange | undefined {
  const { clusterId, history, quorum, bugs } = context;
  if (request.clusterId !== undefined && request.clusterId !== clusterId) {
    return refusedChange('INCONSISTENT_CLUSTER_ID', 'the request is meant for another cluster');
  }
  if (quorum.role.name !== 'leader') return refusedChange('NOT_LEADER_OR_FOLLOWER', 'this node does not lead');
  if (!history.isWritten && request.type !== 'updateVoter') {
    return refusedChange('UNSUPPORTED_VERSION', 'the voters are fixed by configuration (kraft.version 0)');
  }
  if (request.voter.directoryId === undefined) {
    return refusedChange('INVALID_REQUEST', 'the request does not name the directory id of the voter');
  }
  if (bugs.overlapVoterChanges === true || !history.isWritten) return specificRefusal(context, request);
  if (quorum.role.change !== undefined) {
    return refusedChange('REQUEST_TIMED_OUT', 'another change of the voter set is under way');
  }
  const { highWatermark } = quorum.role;
  if (highWatermark === undefined) {
    return refusedChange('REQUEST_TIMED_OUT', 'the leader has not committed a record of its epoch yet');
  }
  if ((history.latestOffset ?? 0) >= highWatermark) {
    return refusedChange('REQUEST_TIMED_OUT', 'the change of the voter set before is not committed yet');
  }
  return specificRefusal(context, request);
}

function specificRefusal(context: RaftContext, request: VoterChangeRequest): RefusedChange | undefined {
  const { latest } = context.history;
  switch (request.type) {
    case 'addVoter':
      return newcomerRefusal(latest, request);
    case 'removeVoter':
      return removalRefusal(latest, request);
    case 'updateVoter':
      return updateRefusal(context, request);
    default:
      return unreachable(request);
  }
}

/** Does what is due for the change under way; returns when it must be looked at next. */
export function pollVoterChange(context: RaftContext, leader: Leader): number {
  const { change } = leader;
  if (change === undefined) return Infinity;
  if (change.stage === 'catchingUp' && isCaughtUp(context, leader, change)) change.stage = 'ready';
  if (change.stage === 'ready') append(context, leader, change);
  if (change.stage === 'committing' && isCommitted(context, leader)) {
    endVoterChange(context, leader);
    return Infinity;
  }
  if (context.nowMs >= change.deadlineMs) {
    endVoterChange(context, leader, refusedChange('REQUEST_TIMED_OUT', overdue(change)));
    return Infinity;
  }
  return Math.min(change.deadlineMs, change.stage === 'probing' ? sendProbe(context, change) : Infinity);
}

/**
 * Whether the newcomer has all that the log held a moment ago. Whoever adds a replica that lags makes a majority that may
 * commit nothing until it has caught up.
 */
function isCaughtUp({ nowMs, settings }: RaftContext, leader: Leader, { request }: VoterChange): boolean {
  const caughtUpMs = leader.observer(request.voter)?.lastCaughtUpMs;
  return caughtUpMs !== undefined && nowMs - caughtUpMs <= settings.fetchTimeoutMs;
}

/** The new voter set rules from its append on, for the leader's own counting too. */
function append(context: RaftContext, leader: Leader, change: VoterChange): void {
  appendVoters(context, leader.epoch, changed(context.history.latest, change));
  change.stage = 'committing';
  if (change.request.type === 'addVoter' && !change.request.ackWhenCommitted) endVoterChange(context, leader);
  maybeAdvanceHighWatermark(context, leader);
  answerParkedFetches(context, leader);
}

function changed(voters: VoterSet, { request, kraftVersions }: VoterChange): VoterSet {
  switch (request.type) {
    case 'addVoter':
      return withNewcomer(voters, request, kraftVersions);
    case 'removeVoter':
      return withoutVoter(voters, request);
    case 'updateVoter':
      return withUpdate(voters, request);
    default:
      return unreachable(request);
  }
}

function isCommitted({ history }: RaftContext, leader: Leader): boolean {
  return leader.highWatermark !== undefined && (history.latestOffset ?? 0) < leader.highWatermark;
}

function overdue({ stage, request }: VoterChange): string {
  if (stage === 'committing') return 'the new voter set is appended, and not committed yet';
  if (stage === 'catchingUp') return `voter ${request.voter.id} is still catching up with the log`;
  return `voter ${request.voter.id} could not be reached at its endpoint`;
}

/** This replica ceases to lead: what it appended may be committed by its successor, or undone. */
export function dismissVoterChange(context: RaftContext, leader: Leader): void {
  endVoterChange(context, leader, refusedChange('NOT_LEADER_OR_FOLLOWER', 'this node ceased to lead meanwhile'));
}

/** Whether the leader's own removal is committed, so that it has nothing left to do. */
export function isLeaderRemoved(context: RaftContext, leader: Leader): boolean {
  const { history, self } = context;
  return history.isWritten && !history.latest.includes(self) && isCommitted(context, leader);
}
