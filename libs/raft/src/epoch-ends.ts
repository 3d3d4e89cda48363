import type { OffsetAndEpoch } from '@milena/model';
import type { RaftLog } from './raft-log';

/**
 * The largest epoch at or below `epoch` that this replica's history holds, with its end offset: the log's answer, except
 * that the log knows nothing of the records before its start. What ends at the oldest snapshot's end is of that
 * snapshot's epoch, be the asked one older or younger (Kafka's endOffsetForEpoch, KIP-630).
 */
export function endOffsetForEpoch(log: RaftLog, epoch: number): OffsetAndEpoch {
  const end = log.endOffsetForEpoch(epoch);
  const oldest = log.oldestSnapshot();
  return oldest !== undefined && end.offset === oldest.offset ? oldest : end;
}

/**
 * Whether the log goes on from the snapshot, or still holds the records that it stands for. If not, the snapshot came from
 * a leader and a crash came before the log was emptied: what the log holds is superseded, for snapshots are committed.
 */
export function continuesSnapshot(log: RaftLog, id: OffsetAndEpoch): boolean {
  if (log.startOffset() > id.offset || log.endOffset() < id.offset) return false;
  if (log.startOffset() === id.offset && id.offset > 0) return true;
  const end = log.endOffsetForEpoch(id.epoch);
  // The record before the snapshot's end is of its epoch: not of an earlier one, and not beyond the end of that one.
  const isEarlier = log.endOffsetForEpoch(id.epoch - 1).offset >= id.offset;
  return end.epoch === id.epoch && end.offset >= id.offset && !isEarlier;
}
