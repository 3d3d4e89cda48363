import { MalformedInput } from '@milena/bytes';
import type { PartitionLog } from '@milena/log-store';
import { NO_EPOCH, offset, type Offset, type OffsetAndEpoch } from '@milena/model';
import type { PlantedBugs, RaftLog } from '@milena/raft';
import { batchesOf, verifyCrc } from '@milena/record-batch';
import { voterSet } from './metadata-raft-batches';
import type { SnapshotStore } from './snapshot-store';
import { UnusableMetadataLog } from './unusable-metadata-log';

/** What else a view of the log does. */
export interface MetadataRaftLogOptions {
  /** Somebody begins to fetch a snapshot. */
  onSnapshotAsked?(id: OffsetAndEpoch): void;
  readonly plantedBugs?: PlantedBugs;
}

/**
 * The raft state machine's view of a log of log-store and of the snapshots beside it. What the stores refuse here is a
 * broken log, so it throws. What has rotted since it was written is neither applied nor sent to anybody: the node ends, and its
 * next start fetches again what it lost.
 */
export function createMetadataRaftLog(
  log: PartitionLog,
  snapshots: SnapshotStore,
  { onSnapshotAsked, plantedBugs = {} }: MetadataRaftLogOptions = {},
): RaftLog {
  return {
    startOffset: () => log.logStartOffset,
    endOffset: () => log.logEndOffset,
    lastEpoch: () => (log.latestEpoch === NO_EPOCH ? (snapshots.latest?.epoch ?? 0) : log.latestEpoch),
    endOffsetForEpoch(epoch) {
      if (log.latestEpoch === NO_EPOCH) return { epoch, offset: log.logStartOffset };
      if (epoch >= log.latestEpoch) return { epoch: log.latestEpoch, offset: log.logEndOffset };
      const end = log.endOffsetForEpoch(epoch);
      if (end.epoch === NO_EPOCH) return { epoch, offset: log.logStartOffset };
      return { epoch: end.epoch, offset: offset(end.endOffset) };
    },
    read(from, maxBytes) {
      const read = log.read({ from, upTo: log.logEndOffset, maxBytes, minOneBatch: true });
      if (!read.ok) throw new UnusableMetadataLog(log.folder, `reading from offset ${from}, ${read.error.message}`);
      if (plantedBugs.believeWhatIsRead !== true && !isSound(log, from, read.value.records))
        throw new UnusableMetadataLog(log.folder, `a batch from offset ${from} on is damaged`);
      return read.value.records;
    },
    append(batches) {
      const appended = log.appendAsFollower(Buffer.from(batches.buffer, batches.byteOffset, batches.byteLength));
      if (!appended.ok) throw new Error(`the metadata log cannot be appended to: ${appended.error.message}`);
    },
    truncateTo(end) {
      log.truncateTo(end);
    },
    latestSnapshot: () => snapshots.latest,
    oldestSnapshot: () => snapshots.oldest,
    snapshotSize: (id) => snapshots.size(id),
    readSnapshot(id, position, maxBytes) {
      if (position === 0) onSnapshotAsked?.(id);
      return snapshots.read(id, position, maxBytes);
    },
    snapshotVoters(id) {
      const { quorum } = snapshots.head(id);
      return quorum === undefined ? undefined : voterSet(quorum.voters);
    },
    beginSnapshot: (id) => snapshots.begin(id),
    appendSnapshot: (bytes) => snapshots.append(bytes),
    abandonSnapshot: () => snapshots.abandon(),
  };
}

/** Whether these are the batches from the one with `from` on: their offsets and epochs are not covered by their CRCs. */
function isSound(log: PartitionLog, from: Offset, records: Buffer): boolean {
  if (records.length === 0) return from === log.logEndOffset;
  let next = from;
  try {
    return [...batchesOf(records)].every(({ header, bytes }, index) => {
      const { baseOffset, nextOffset, lastOffset, partitionLeaderEpoch } = header;
      const isNext = index === 0 ? baseOffset <= next && lastOffset >= next : baseOffset === next;
      next = nextOffset;
      return isNext && partitionLeaderEpoch === log.epochAt(lastOffset) && verifyCrc(bytes);
    });
  } catch (error) {
    if (!(error instanceof MalformedInput)) throw error;
    return false;
  }
}
