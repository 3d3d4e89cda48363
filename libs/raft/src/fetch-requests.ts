import { failure, success, type ErrorName, type Offset, type Result } from '@milena/model';
import { majorityOffset } from './majority-offset';
import type { DivergingEpoch, FetchRequest, FetchResponse } from './messages';
import type { RaftContext } from './raft-context';
import { recordFetch, REPLICAS_MAX, type Leader } from './roles/leader';

const NO_RECORDS = new Uint8Array(0);

/** The leader's side of replication: answers a fetch, now or when there is something new (kraft.md 3.6). */
export function receiveFetch(context: RaftContext, requestId: number, request: FetchRequest): void {
  const { role } = context.quorum;
  const checked = check(context, request);
  if (!checked.ok || role.name !== 'leader') {
    context.effects.answer(requestId, bare(context, checked.ok ? 'NOT_LEADER_OR_FOLLOWER' : checked.error.code));
    return;
  }
  const divergingEpoch = divergence(context, request);
  if (divergingEpoch !== undefined) {
    context.effects.answer(requestId, { ...bare(context, 'NONE'), divergingEpoch });
    return;
  }
  const progress = role.fetcher(request.replica, context.history.latest, context.nowMs);
  if (progress !== undefined) {
    recordFetch(progress, request.fetchOffset, context.log.endOffset(), context.nowMs);
    progress.beginEpochAtMs = context.nowMs + context.settings.fetchTimeoutMs / 2;
    maybeAdvanceHighWatermark(context, role);
  }
  const waitMs = Math.min(request.maxWaitMs, context.settings.fetchMaxWaitMs);
  if (waitMs <= 0 || hasNews(context, role, request) || role.parked.size >= REPLICAS_MAX) {
    context.effects.answer(requestId, response(context, request));
    return;
  }
  role.parked.set(requestId, { requestId, request, deadlineMs: context.nowMs + waitMs });
}

function check(context: RaftContext, request: FetchRequest): Result<undefined> {
  if (request.clusterId !== context.clusterId) return refuse('INCONSISTENT_CLUSTER_ID');
  const { epoch, role } = context.quorum;
  if (request.epoch < epoch) return refuse('FENCED_LEADER_EPOCH');
  if (request.epoch > epoch) return refuse('UNKNOWN_LEADER_EPOCH');
  if (role.name !== 'leader') return refuse('NOT_LEADER_OR_FOLLOWER');
  const { fetchOffset, lastFetchedEpoch, replica } = request;
  if (fetchOffset < 0 || lastFetchedEpoch < 0 || lastFetchedEpoch > epoch) return refuse('INVALID_REQUEST');
  if (replica.id === context.self.id) return refuse('INVALID_REQUEST');
  // Nothing but a snapshot could bring this replica up to date.
  if (fetchOffset < context.log.startOffset()) return refuse('OFFSET_OUT_OF_RANGE');
  return success(undefined);
}

function refuse(code: ErrorName): Result<undefined> {
  return failure(code, 'the fetch cannot be served');
}

/** Where the logs part; undefined when the fetching log is a prefix of this one (Raft's consistency check). */
function divergence(context: RaftContext, { fetchOffset, lastFetchedEpoch }: FetchRequest): DivergingEpoch | undefined {
  const { log } = context;
  if (fetchOffset === 0 && log.startOffset() === 0) return undefined;
  const end = log.endOffsetForEpoch(lastFetchedEpoch);
  if (end.epoch === lastFetchedEpoch && end.offset >= fetchOffset) return undefined;
  return { epoch: end.epoch, endOffset: end.offset };
}

function hasNews(context: RaftContext, leader: Leader, request: FetchRequest): boolean {
  if (context.log.endOffset() > request.fetchOffset) return true;
  return leader.highWatermark !== undefined && leader.highWatermark > (request.highWatermark ?? -1);
}

/** Records are served before they are committed: commitment is what the fetches then prove. */
function response(context: RaftContext, { fetchOffset }: FetchRequest): FetchResponse {
  const { log, settings } = context;
  const empty = bare(context, 'NONE');
  if (fetchOffset >= log.endOffset()) return empty;
  return { ...empty, records: log.read(fetchOffset, settings.fetchMaxBytes) };
}

function bare(context: RaftContext, error: ErrorName): FetchResponse {
  const { role } = context.quorum;
  const logStartOffset = context.log.startOffset();
  const base: FetchResponse = { ...context.facts(error), type: 'fetch', logStartOffset, records: NO_RECORDS };
  if (role.name !== 'leader' || role.highWatermark === undefined) return base;
  return { ...base, highWatermark: role.highWatermark };
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
  const committed = majorityOffset(ends);
  if (committed === undefined) return;
  if (committed <= leader.epochStartOffset && bugs.commitOlderEpochByCounting !== true) return;
  if (leader.highWatermark !== undefined && committed <= leader.highWatermark) return;
  leader.highWatermark = committed;
  context.raiseHighWatermark(committed);
  answerParkedFetches(context, leader);
}
