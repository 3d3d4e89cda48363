import {
  compareLogEnds,
  failure,
  invariant,
  NO_OFFSET,
  offset,
  success,
  type Offset,
  type Result,
} from '@milena/model';
import { answerParkedFetches, maybeAdvanceHighWatermark } from './fetch-requests';
import { DYNAMIC_VOTERS, SUPPORTED_KRAFT_VERSIONS } from './kraft-versions';
import type { BeginQuorumEpochRequest } from './messages';
import type { OutgoingRequest } from './raft-effects';
import type { Appended } from './raft';
import type { ControlRecord } from './raft-batches';
import type { RaftContext } from './raft-context';
import { pollReads } from './read-index';
import type { ReplicaKey } from './replica-key';
import type { Leader } from './roles/leader';
import { isLeaderRemoved, pollVoterChange } from './voter-changes';
import { sameVoter, type Voter, type VoterSet } from './voter-set';

/**
 * Takes over leadership: the first batch of the epoch is Kafka's LeaderChange record, and behind it the voter set when so
 * far only the bootstrap checkpoint holds it, or this replica is reached elsewhere now than its entry says.
 */
export function becomeLeader(context: RaftContext, grantingVoterIds: readonly number[]): void {
  const { quorum, log, history, nowMs } = context;
  const leader = quorum.becomeLeader(log.endOffset(), nowMs);
  const records: ControlRecord[] = [
    { type: 'leaderChange', leaderId: context.self.id, voterIds: history.latest.ids, grantingVoterIds },
  ];
  const voters = votersToWrite(context);
  if (voters !== undefined) {
    records.push({ type: 'kraftVersion', version: DYNAMIC_VOTERS }, { type: 'voters', voters });
    history.append(offset(leader.epochStartOffset + records.length - 1), voters);
  }
  log.append(context.batches.encodeControl({ baseOffset: leader.epochStartOffset, epoch: leader.epoch, records }));
  context.wantFlush();
  if (context.bugs.leaderCountsBeforeFlush === true) maybeAdvanceHighWatermark(context, leader);
}

/** The bootstrap voters when the log holds none yet, and in any case the leader's own entry as it should be. */
function votersToWrite({ history, writesVoters, self, endpoint }: RaftContext): VoterSet | undefined {
  const { latest, isWritten } = history;
  if (!isWritten && !writesVoters) return undefined;
  const own = latest.voter(self.id);
  if (own === undefined || endpoint === undefined || !latest.includes(self)) return isWritten ? undefined : latest;
  const entry: Voter = { key: own.key, endpoint, kraftVersions: SUPPORTED_KRAFT_VERSIONS };
  if (sameVoter(own, entry)) return isWritten ? undefined : latest;
  return latest.with(entry);
}

/** Appends a batch of the controller in `epoch`. */
export function appendAsLeader(
  context: RaftContext,
  epoch: number,
  encode: (baseOffset: Offset) => Uint8Array,
): Result<Appended> {
  const { log, settings } = context;
  const { role } = context.quorum;
  if (role.name !== 'leader' || role.epoch !== epoch) {
    return failure('NOT_CONTROLLER', `this node does not lead epoch ${epoch} of the metadata log`);
  }
  const baseOffset = log.endOffset();
  if (baseOffset - (role.highWatermark ?? role.epochStartOffset) >= settings.uncommittedRecordsMax) {
    return failure('THROTTLING_QUOTA_EXCEEDED', 'too many records of the metadata log wait for a majority of voters');
  }
  log.append(encode(baseOffset));
  const lastOffset = offset(log.endOffset() - 1);
  invariant(lastOffset >= baseOffset, 'a batch has records', { baseOffset });
  context.wantFlush();
  if (context.bugs.leaderCountsBeforeFlush === true) maybeAdvanceHighWatermark(context, role);
  answerParkedFetches(context, role);
  return success({ baseOffset, lastOffset });
}

/** Gives up leadership; the voters hear who should take over, most up to date first. */
export function resign(context: RaftContext, leader: Leader): void {
  context.quorum.becomeResigned(successors(context, leader), context.nowMs);
}

function successors(context: RaftContext, leader: Leader): readonly ReplicaKey[] {
  const voters = context.history.latest.voters.filter((voter) => voter.key.id !== context.self.id);
  const end = (key: ReplicaKey) => ({ offset: leader.voter(key)?.logEndOffset ?? NO_OFFSET, epoch: 0 });
  return voters.map((voter) => voter.key).toSorted((left, right) => compareLogEnds(end(right), end(left)));
}

/** Acts for a leader; returns when it must act next. */
export function pollLeader(context: RaftContext, leader: Leader): number {
  const { nowMs } = context;
  if (nowMs >= contactDeadlineMs(context, leader)) {
    resign(context, leader);
    return nowMs;
  }
  const changeMs = pollVoterChange(context, leader);
  if (isLeaderRemoved(context, leader)) {
    resign(context, leader);
    return nowMs;
  }
  const readsMs = pollReads(context, leader);
  answerParkedFetches(context, leader);
  let nextMs = Math.min(contactDeadlineMs(context, leader), changeMs, readsMs, announceEpoch(context, leader));
  for (const { deadlineMs } of leader.parked.values()) nextMs = Math.min(nextMs, deadlineMs);
  return nextMs;
}

/** Check-quorum: when a leader that no majority fetches from must step down (KAFKA-15489). Never for the only voter. */
function contactDeadlineMs(context: RaftContext, leader: Leader): number {
  const voters = context.history.latest;
  if (context.bugs.skipCheckQuorum === true) return Infinity;
  const contacts = voters.voters
    .map(({ key }) => {
      const progress = leader.voter(key);
      return progress === undefined ? Infinity : (progress.lastContactMs ?? leader.sinceMs);
    })
    .sort((left, right) => right - left);
  return (contacts[voters.majority - 1] ?? Infinity) + 1.5 * context.settings.fetchTimeoutMs;
}

/** Tells voters that do not fetch who leads (KAFKA-16926). */
function announceEpoch(context: RaftContext, leader: Leader): number {
  const leaderEndpoint = context.ownEndpoint;
  let nextMs = Infinity;
  if (leaderEndpoint === undefined) return nextMs;
  for (const { key, endpoint } of context.history.latest.voters) {
    const progress = leader.voter(key);
    if (progress === undefined) continue;
    const dueMs = Math.max(progress.beginEpochAtMs, context.outbox.readyAtMs(key.id, 'beginQuorumEpoch'));
    if (dueMs > context.nowMs) {
      nextMs = Math.min(nextMs, dueMs);
      continue;
    }
    const request: BeginQuorumEpochRequest = {
      type: 'beginQuorumEpoch',
      clusterId: context.clusterId,
      voter: key,
      leaderId: context.self.id,
      epoch: leader.epoch,
      leaderEndpoint,
    };
    progress.beginEpochAtMs = context.nowMs + context.settings.fetchTimeoutMs / 2;
    context.outbox.send({ nodeId: key.id, endpoint }, request);
  }
  return nextMs;
}

/** A voter could not be told: tried again soon at first, then at the ordinary period. */
export function failAnnouncement(context: RaftContext, sent: OutgoingRequest): void {
  const { role } = context.quorum;
  const voter = context.history.latest.voter(sent.nodeId);
  if (role.name !== 'leader' || voter === undefined) return;
  context.outbox.failed(sent, context.nowMs, context.settings.fetchTimeoutMs / 2);
  const progress = role.voter(voter.key);
  if (progress !== undefined) progress.beginEpochAtMs = context.nowMs;
}
