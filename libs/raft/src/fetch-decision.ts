import type { OffsetAndEpoch } from '@milena/model';
import { endOffsetForEpoch } from './epoch-ends';
import type { DivergingEpoch, FetchRequest } from './messages';
import type { PlantedBugs } from './planted-bugs';
import type { RaftLog } from './raft-log';

/** What a leader has for a replica whose log ends at some offset behind a record of some epoch. */
export type FetchDecision =
  | { readonly type: 'records' }
  | { readonly type: 'diverging'; readonly divergingEpoch: DivergingEpoch }
  | { readonly type: 'snapshot'; readonly snapshotId: OffsetAndEpoch }
  /** The log starts behind what the replica lacks, and no snapshot stands for that. */
  | { readonly type: 'nothing' };

/**
 * Decides between records, the place where the logs part (Raft's consistency check, KIP-595) and a snapshot (KIP-630;
 * kraft.md 3.6). Offered is always the newest snapshot, whichever made it necessary: what that one spares need not be
 * fetched afterwards (KAFKA-15076).
 */
export function decideFetch(
  log: RaftLog,
  { fetchOffset, lastFetchedEpoch }: Pick<FetchRequest, 'fetchOffset' | 'lastFetchedEpoch'>,
  bugs: PlantedBugs = {},
): FetchDecision {
  if (bugs.trustEpochAtLogStart === true && fetchOffset > 0 && fetchOffset === log.startOffset()) {
    return { type: 'records' };
  }
  const latest = log.latestSnapshot();
  if (latest !== undefined && needsSnapshot(log, fetchOffset, lastFetchedEpoch)) {
    return { type: 'snapshot', snapshotId: latest };
  }
  if (fetchOffset < log.startOffset()) return { type: 'nothing' };
  if (fetchOffset === 0) return { type: 'records' };
  const end = endOffsetForEpoch(log, lastFetchedEpoch);
  if (end.epoch === lastFetchedEpoch && end.offset >= fetchOffset) return { type: 'records' };
  return { type: 'diverging', divergingEpoch: { epoch: end.epoch, endOffset: end.offset } };
}

function needsSnapshot(log: RaftLog, fetchOffset: number, lastFetchedEpoch: number): boolean {
  const start = log.startOffset();
  const oldest = log.oldestSnapshot();
  // To an empty log a snapshot is less to carry than the records it stands for (KAFKA-15078).
  if (fetchOffset === 0 || fetchOffset < start) return true;
  // Below the oldest snapshot nobody can tell any more where the logs part.
  if (oldest === undefined || lastFetchedEpoch < oldest.epoch) return oldest !== undefined;
  return fetchOffset === start && lastFetchedEpoch !== oldest.epoch;
}
