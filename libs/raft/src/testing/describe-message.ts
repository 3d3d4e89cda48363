import type { OffsetAndEpoch } from '@milena/model';
import type { RaftRequest, RaftResponse } from '../messages';
import { replicaKeyText } from '../replica-key';
import { decodeTextBatches } from './text-batches';

/** One message as a line of a transcript. */
export function describeMessage(message: RaftRequest | RaftResponse): string {
  return 'error' in message ? describeResponse(message) : describeRequest(message);
}

function describeRequest(request: RaftRequest): string {
  switch (request.type) {
    case 'vote': {
      const kind = request.preVote ? 'pre-vote?' : 'vote?';
      return `${kind} from ${request.candidate.id} epoch ${request.epoch}, log ends at ${request.lastOffset} in epoch ${request.lastEpoch}`;
    }
    case 'beginQuorumEpoch':
      return `begin epoch ${request.epoch}, leader ${request.leaderId}`;
    case 'endQuorumEpoch':
      return `end epoch ${request.epoch} of ${request.leaderId}, successors ${request.preferredCandidates.map((key) => key.id).join(' ')}`;
    case 'fetch':
      return `fetch from ${request.replica.id} epoch ${request.epoch}, offset ${request.fetchOffset} after epoch ${request.lastFetchedEpoch}${roundOf(request)}`;
    case 'fetchSnapshot':
      return `fetch snapshot from ${request.replica.id} epoch ${request.epoch}, ${snapshotName(request.snapshotId)} from byte ${request.position}`;
    case 'describeQuorum':
      return 'describe quorum';
    case 'readIndex':
      return 'read index?';
    case 'describeReplica':
      return `are you ${replicaKeyText(request.replica)}?`;
    case 'addVoter':
      return `add voter ${replicaKeyText(request.voter)} at ${request.endpoint.host}`;
    case 'removeVoter':
      return `remove voter ${replicaKeyText(request.voter)}`;
    case 'updateVoter':
      return `update voter ${replicaKeyText(request.voter)} to ${request.endpoint.host}, epoch ${request.epoch}`;
  }
}

function describeResponse(response: RaftResponse): string {
  const error = response.error === 'NONE' ? '' : ` ${response.error}`;
  const leader = response.leaderId < 0 ? 'no leader' : `leader ${response.leaderId}`;
  const facts = `${error} (epoch ${response.epoch}, ${leader})`;
  if (response.type === 'vote') return `${response.voteGranted ? 'granted' : 'refused'}${facts}`;
  const isFetched = response.type === 'fetch' || response.type === 'fetchSnapshot';
  if (isFetched && response.error !== 'NONE') return `nothing,${facts}`;
  if (response.type === 'fetchSnapshot') {
    return `snapshot ${snapshotName(response.snapshotId)}, ${response.bytes.length} of ${response.size} bytes${facts}`;
  }
  if (response.type === 'describeReplica') return `i am ${replicaKeyText(response.replica)}${facts}`;
  if ('message' in response) return `${response.type} refused: ${response.message}${facts}`;
  if (response.type !== 'fetch') return `${response.type} answered${facts}`;
  if (response.snapshotId !== undefined) return `fetch snapshot ${snapshotName(response.snapshotId)} first${facts}`;
  if (response.divergingEpoch !== undefined) {
    return `logs diverge: epoch ${response.divergingEpoch.epoch} ends at ${response.divergingEpoch.endOffset}${facts}`;
  }
  const records = decodeTextBatches(response.records).flatMap((batch) => batch.values);
  return `records [${records.join(' ')}], high watermark ${response.highWatermark ?? 'unknown'}${roundOf(response)}${facts}`;
}

function roundOf({ readRound }: { readonly readRound?: number }): string {
  return readRound === undefined ? '' : `, read round ${readRound}`;
}

function snapshotName({ offset, epoch }: OffsetAndEpoch): string {
  return `${offset}-${epoch}`;
}
