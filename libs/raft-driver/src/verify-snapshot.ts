import type { PartitionLog } from '@milena/log-store';
import type { OffsetAndEpoch } from '@milena/model';
import type { Logger } from '@milena/platform';
import type { SnapshotStore } from './snapshot-store';
import { UnusableSnapshot } from './unusable-snapshot';

/** What a verification works on. */
export interface SnapshotVerification {
  readonly log: PartitionLog;
  readonly snapshots: SnapshotStore;
  readonly logger: Logger;
  /** Whether what cannot be read here may be fetched again from the quorum. */
  readonly mayFetchAgain: boolean;
}

/**
 * Reads a snapshot whole that somebody asks for: what rotted since it was written must not be offered for ever. One that an
 * older snapshot and the log make up for is removed. Otherwise the records before the log's start are lost here: rejects with
 * UnusableSnapshot, so that the node ends and its next start fetches them again (decision 25). Where there is nobody to
 * fetch them from the node goes on, because it still has in memory what the next snapshot will be made of.
 */
export async function verifySnapshot(
  { log, snapshots, logger, mayFetchAgain }: SnapshotVerification,
  id: OffsetAndEpoch,
): Promise<void> {
  try {
    await snapshots.check(id);
  } catch (error) {
    // Another may have taken its place meanwhile.
    if (!snapshots.has(id)) return;
    if (!(error instanceof UnusableSnapshot)) throw error;
    const isCovered = snapshots.ids.some(({ offset }) => offset >= log.logStartOffset && offset < id.offset);
    if (isCovered || log.logStartOffset === 0) {
      logger.error('a damaged snapshot is removed', { error });
      snapshots.removeWhere(({ offset, epoch }) => offset === id.offset && epoch === id.epoch);
    } else if (mayFetchAgain) throw error;
    else logger.error('a snapshot is damaged, and nobody has another', { error });
  }
}
