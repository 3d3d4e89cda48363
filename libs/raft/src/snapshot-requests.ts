import type { ErrorName } from '@milena/model';
import { leaderOnlyRefusal } from './fetch-requests';
import type { FetchSnapshotRequest, FetchSnapshotResponse } from './messages';
import type { RaftContext } from './raft-context';
import { recordContact } from './roles/leader';

const NO_BYTES = new Uint8Array(0);

/**
 * The leader's side of FetchSnapshot (KIP-630). A snapshot never changes, so pieces need no state here: each request says
 * where it goes on. Whoever asks lives and follows, which counts for check-quorum like a fetch.
 */
export function answerFetchSnapshot(context: RaftContext, request: FetchSnapshotRequest): FetchSnapshotResponse {
  const { log, nowMs, settings } = context;
  const { role } = context.quorum;
  const { snapshotId, position } = request;
  const refusal = leaderOnlyRefusal(context, request);
  if (refusal !== undefined || role.name !== 'leader') {
    return refuse(context, request, refusal ?? 'NOT_LEADER_OR_FOLLOWER');
  }
  if (request.maxBytes <= 0 || snapshotId.epoch > request.epoch) return refuse(context, request, 'INVALID_REQUEST');
  const progress = role.fetcher(request.replica, context.history.latest, nowMs);
  if (progress !== undefined) recordContact(progress, nowMs, settings.fetchTimeoutMs / 2);
  // The bootstrap checkpoint is each node's own, and what it says is in the log (KIP-853).
  const size = snapshotId.offset === 0 ? undefined : log.snapshotSize(snapshotId);
  if (size === undefined) return refuse(context, request, 'SNAPSHOT_NOT_FOUND');
  if (position < 0 || position >= size) return refuse(context, request, 'POSITION_OUT_OF_RANGE');
  const maxBytes = Math.min(request.maxBytes, settings.fetchSnapshotMaxBytes);
  const bytes = log.readSnapshot(snapshotId, position, maxBytes);
  return { ...context.facts('NONE'), type: 'fetchSnapshot', snapshotId, size, position, bytes };
}

function refuse(
  context: RaftContext,
  { snapshotId, position }: FetchSnapshotRequest,
  error: ErrorName,
): FetchSnapshotResponse {
  return { ...context.facts(error), type: 'fetchSnapshot', snapshotId, size: 0, position, bytes: NO_BYTES };
}
