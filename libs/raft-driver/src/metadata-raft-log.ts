import { NO_EPOCH, offset } from '@milena/model';
import type { PartitionLog } from '@milena/log-store';
import type { RaftLog } from '@milena/raft';

/** The raft state machine's view of a log of log-store. What the store refuses here is a broken log, so it throws. */
export function createMetadataRaftLog(log: PartitionLog): RaftLog {
  return {
    startOffset: () => log.logStartOffset,
    endOffset: () => log.logEndOffset,
    lastEpoch: () => (log.latestEpoch === NO_EPOCH ? 0 : log.latestEpoch),
    endOffsetForEpoch(epoch) {
      if (log.latestEpoch === NO_EPOCH) return { epoch, offset: log.logStartOffset };
      if (epoch >= log.latestEpoch) return { epoch: log.latestEpoch, offset: log.logEndOffset };
      const end = log.endOffsetForEpoch(epoch);
      if (end.epoch === NO_EPOCH) return { epoch, offset: log.logStartOffset };
      return { epoch: end.epoch, offset: offset(end.endOffset) };
    },
    read(from, maxBytes) {
      const read = log.read({ from, upTo: log.logEndOffset, maxBytes, minOneBatch: true });
      if (!read.ok) throw new Error(`the metadata log cannot be read at ${from}: ${read.error.message}`);
      return read.value.records;
    },
    append(batches) {
      const appended = log.appendAsFollower(Buffer.from(batches.buffer, batches.byteOffset, batches.byteLength));
      if (!appended.ok) throw new Error(`the metadata log cannot be appended to: ${appended.error.message}`);
    },
    truncateTo(end) {
      log.truncateTo(end);
    },
    // No snapshots are made here, so no leader ever names one.
    latestSnapshot: () => undefined,
    oldestSnapshot: () => undefined,
    snapshotSize: () => undefined,
    readSnapshot: noSnapshots,
    snapshotVoters: () => undefined,
    beginSnapshot: noSnapshots,
    appendSnapshot: noSnapshots,
    abandonSnapshot: () => undefined,
  };
}

function noSnapshots(): never {
  throw new Error('this metadata log keeps no snapshots');
}
