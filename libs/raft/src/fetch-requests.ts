import { unreachable, type ErrorName, type Offset } from '@milena/model';
import { decideFetch } from './fetch-decision';
import { majorityOffset } from './majority-offset';
import type { FetchRequest, FetchResponse, RaftRequest } from './messages';
import type { RaftContext } from './raft-context';
import { confirmReads, isAskedToConfirm } from './read-index';
import { recordContact, recordFetch, REPLICAS_MAX, type Leader } from './roles/leader';

const NO_RECORDS = new Uint8Array(0);

/** The leader's side of replication: answers a fetch, now or when there is something new (kraft.md 3.6). */
export function receiveFetch(context: RaftContext, requestId: number, request: FetchRequest): void {
  const { role } = context.quorum;
  const refused = refusal(context, request);
  if (refused !== undefined || role.name !== 'leader') {
    context.effects.answer(requestId, bare(context, refused ?? 'NOT_LEADER_OR_FOLLOWER'));
    return;
  }
  const progress = role.fetcher(request.replica, context.history.latest, context.nowMs);
  if (progress !== undefined) {
    recordContact(progress, context.nowMs, context.settings.fetchTimeoutMs / 2);
    confirmReads(progress, request);
  }
  if (decideFetch(context.log, request, context.bugs).type !== 'records') {
    // Whatever it acknowledged in this epoch, its log no longer holds: its disk was lost.
    if (progress !== undefined) progress.logEndOffset = undefined;
    context.effects.answer(requestId, response(context, request));
    return;
  }
  if (progress !== undefined) {
    recordFetch(progress, request.fetchOffset, context.log.endOffset(), context.nowMs);
    maybeAdvanceHighWatermark(context, role);
  }
  const waitMs = Math.min(request.maxWaitMs, context.settings.fetchMaxWaitMs);
  if (waitMs <= 0 || hasNews(context, role, request) || role.parked.size >= REPLICAS_MAX) {
    context.effects.answer(requestId, response(context, request));
    return;
  }
  role.parked.set(requestId, { requestId, request, deadlineMs: context.nowMs + waitMs });
}

/** Why a request that only the leader of its epoch can serve is refused; undefined when it is not. */
export function leaderOnlyRefusal(
  context: RaftContext,
  request: Extract<RaftRequest, { readonly type: 'fetch' | 'fetchSnapshot' }>,
): ErrorName | undefined {
  if (request.clusterId !== context.clusterId) return 'INCONSISTENT_CLUSTER_ID';
  const { epoch, role } = context.quorum;
  if (request.epoch < epoch) return 'FENCED_LEADER_EPOCH';
  if (request.epoch > epoch) return 'UNKNOWN_LEADER_EPOCH';
  if (role.name !== 'leader') return 'NOT_LEADER_OR_FOLLOWER';
  return request.replica.id === context.self.id ? 'INVALID_REQUEST' : undefined;
}

function refusal(context: RaftContext, request: FetchRequest): ErrorName | undefined {
  const { role } = context.quorum;
  const { fetchOffset, lastFetchedEpoch, epoch, readRound = 0 } = request;
  const isPossible = fetchOffset >= 0 && lastFetchedEpoch >= 0 && lastFetchedEpoch <= epoch;
  // Nobody can repeat what was not said yet, and it must not confirm a question that is still to come.
  const isRepeated = role.name !== 'leader' || (readRound >= 0 && readRound <= role.readRound);
  return leaderOnlyRefusal(context, request) ?? (isPossible && isRepeated ? undefined : 'INVALID_REQUEST');
}

function hasNews(context: RaftContext, leader: Leader, request: FetchRequest): boolean {
  if (context.log.endOffset() > request.fetchOffset || isAskedToConfirm(context, leader, request)) return true;
  return leader.highWatermark !== undefined && leader.highWatermark > (request.highWatermark ?? -1);
}

/** Records are served before they are committed: commitment is what the fetches then prove. */
function response(context: RaftContext, request: FetchRequest): FetchResponse {
  const { log, settings } = context;
  const { fetchOffset } = request;
  const empty = bare(context, 'NONE');
  const decision = decideFetch(log, request, context.bugs);
  switch (decision.type) {
    case 'records':
      return fetchOffset >= log.endOffset()
        ? empty
        : { ...empty, records: log.read(fetchOffset, settings.fetchMaxBytes) };
    case 'diverging':
      return { ...empty, divergingEpoch: decision.divergingEpoch };
    case 'snapshot':
      return { ...empty, snapshotId: decision.snapshotId };
    case 'nothing':
      return bare(context, 'OFFSET_OUT_OF_RANGE');
    default:
      return unreachable(decision);
  }
}

function bare(context: RaftContext, error: ErrorName): FetchResponse {
  const { role } = context.quorum;
  const logStartOffset = context.log.startOffset();
  const base: FetchResponse = { ...context.facts(error), type: 'fetch', logStartOffset, records: NO_RECORDS };
  if (role.name !== 'leader') return base;
  const { highWatermark, readRound } = role;
  return {
    ...base,
    ...(highWatermark === undefined ? {} : { highWatermark }),
    ...(readRound === 0 ? {} : { readRound }),
  };
}

/** Answers the parked fetches that have something new, or waited long enough. */
export function answerParkedFetches(context: RaftContext, leader: Leader): void {
  for (const { requestId, request, deadlineMs } of leader.parked.values()) {
    if (!hasNews(context, leader, request) && context.nowMs < deadlineMs) continue;
    leader.parked.delete(requestId);
    context.effects.answer(requestId, response(context, request));
  }
}

/** Sends parked fetches away when this replica ceases to lead: their senders must look for the new leader. */
export function dismissParkedFetches(context: RaftContext, leader: Leader): void {
  for (const { requestId } of leader.parked.values()) {
    context.effects.answer(requestId, bare(context, 'NOT_LEADER_OR_FOLLOWER'));
  }
  leader.parked.clear();
}

/**
 * Moves the high watermark to what a majority has on disk, but only past a record of the leader's own epoch: older records
 * on a majority may still be overwritten by another leader (Raft section 5.4.2, KAFKA-12619). The leader's own log
 * counts as far as it is flushed.
 */
export function maybeAdvanceHighWatermark(context: RaftContext, leader: Leader): void {
  const { bugs, log, durable } = context;
  const ownEnd = bugs.leaderCountsBeforeFlush === true ? log.endOffset() : durable.offset;
  const ends = context.history.latest.voters.map(({ key }): Offset | undefined => {
    const progress = leader.voter(key);
    return progress === undefined ? ownEnd : progress.logEndOffset;
  });
  if (bugs.countSelfAfterRemoval === true && !context.quorum.isVoter) ends.push(ownEnd);
  const committed = majorityOffset(ends);
  if (committed === undefined) return;
  if (committed <= leader.epochStartOffset && bugs.commitOlderEpochByCounting !== true) return;
  if (leader.highWatermark !== undefined && committed <= leader.highWatermark) return;
  leader.highWatermark = committed;
  context.raiseHighWatermark(committed);
  answerParkedFetches(context, leader);
}
