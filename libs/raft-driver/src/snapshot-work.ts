import type { PartitionLog } from '@milena/log-store';
import { addOffset, failure, type OffsetAndEpoch, type Result, success, type TimestampMs } from '@milena/model';
import { type Clock, DiskError, type Logger } from '@milena/platform';
import { checkNewSnapshot, type Raft, type RaftLog } from '@milena/raft';
import { readBatchHeader } from '@milena/record-batch';
import { createMetadataRaftBatches, voterEntry } from './metadata-raft-batches';
import { createMetadataRaftLog } from './metadata-raft-log';
import type { SnapshotStore } from './snapshot-store';
import { UnusableSnapshot } from './unusable-snapshot';

/**
 * The effect `installSnapshot` of RaftEffects: the received file is checked, made durable and named; then the log is emptied
 * to start at the snapshot's end, durably; then older snapshots go. False when the file is damaged: it is dropped, and
 * nothing else has changed. Rejects with DiskError, which is fatal.
 */
export async function installSnapshot(
  {
    log,
    snapshots,
    logger,
  }: { readonly log: PartitionLog; readonly snapshots: SnapshotStore; readonly logger: Logger },
  id: OffsetAndEpoch,
): Promise<boolean> {
  try {
    await snapshots.install(id);
  } catch (error) {
    if (!(error instanceof UnusableSnapshot)) throw error;
    logger.warn('the snapshot that the leader sent is damaged', { offset: id.offset, epoch: id.epoch, error });
    return false;
  }
  log.truncateFullyAndStartAt(id.offset);
  await log.flush();
  snapshots.removeBefore(id.offset);
  logger.info('the metadata log starts at a snapshot of the leader', { offset: id.offset, epoch: id.epoch });
  return true;
}

/** MetadataLog.createSnapshot, while no other one is being made. */
export async function makeSnapshot(
  on: {
    readonly log: PartitionLog;
    readonly snapshots: SnapshotStore;
    readonly raft: Pick<Raft, 'highWatermark' | 'votersAt'>;
    readonly platform: { readonly clock: Clock; readonly logger: Logger };
  },
  wanted: {
    readonly id: OffsetAndEpoch;
    readonly records: Iterable<Uint8Array>;
    mayGoOn(): boolean;
    shouldWait(): boolean;
    onFatal(error: unknown): void;
  },
): Promise<Result<void>> {
  const { log, snapshots, raft, platform } = on;
  const { id, records, mayGoOn, shouldWait, onFatal } = wanted;
  const raftLog = createMetadataRaftLog(log, snapshots);
  const batches = createMetadataRaftBatches(platform.clock);
  const checked = checkNewSnapshot({ log: raftLog, batches, highWatermark: raft.highWatermark }, id);
  if (!checked.ok) return checked;
  const written = raft.votersAt(id.offset);
  const quorum =
    written === undefined
      ? undefined
      : { kraftVersion: written.kraftVersion, voters: written.voters.voters.map(voterEntry) };
  const snapshot = { id, records, head: { timestamp: timestampBefore(raftLog, id), quorum } };
  const isNewest = (): boolean => mayGoOn() && (snapshots.latest?.offset ?? 0) < id.offset;
  try {
    if (!(await snapshots.make(snapshot, { mayGoOn: isNewest, shouldWait }))) {
      return failure('OPERATION_NOT_ATTEMPTED', 'the node stops, or a snapshot of the leader took its place');
    }
  } catch (error) {
    if (error instanceof DiskError) {
      platform.logger.error('a snapshot of the metadata could not be written', { offset: id.offset, error });
      return failure('KAFKA_STORAGE_ERROR', error.message);
    }
    // The records come from a state that cannot be written down: it cannot be trusted.
    onFatal(error);
    return failure('UNKNOWN_SERVER_ERROR', 'the records of the snapshot could not be made');
  }
  try {
    await snapshots.adopt(id);
  } catch (error) {
    // Whether the name is durable is unknown, and so is what else the folder has lost.
    onFatal(error);
    return failure('KAFKA_STORAGE_ERROR', 'the folder of the metadata log cannot be synced');
  }
  snapshots.removeBefore(log.logStartOffset);
  return success(undefined);
}

/** When the last record that the snapshot stands for was appended. */
function timestampBefore(log: RaftLog, { offset }: OffsetAndEpoch): TimestampMs {
  return readBatchHeader(log.read(addOffset(offset, -1), 1)).maxTimestamp;
}
