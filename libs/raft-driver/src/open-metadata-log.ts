import { DEFAULT_LOG_CONFIG, type LogConfig, openPartitionLog, type PartitionLog } from '@milena/log-store';
import { METADATA_PARTITION, METADATA_TOPIC_ID, type Offset, ZERO_OFFSET } from '@milena/model';
import type { Platform } from '@milena/platform';
import { continuesSnapshot } from '@milena/raft';
import type { CommittedMark } from './committed-mark';
import { createMetadataRaftLog } from './metadata-raft-log';
import { SnapshotStore } from './snapshot-store';
import { UnusableMetadataLog } from './unusable-metadata-log';
import { UnusableSnapshot } from './unusable-snapshot';

/** What the metadata log is opened with. */
export interface OpenMetadataLogOptions {
  readonly platform: Platform;
  /** The metadata log's folder. */
  readonly folder: string;
  readonly logConfig: Partial<LogConfig> | undefined;
  /** What a voter must never lose; undefined for a node that never votes. */
  readonly mark: CommittedMark | undefined;
  /** Whether what cannot be read here may be fetched again from the quorum. */
  readonly mayFetchAgain: boolean;
}

/** The log with its snapshots, fit for the raft state machine. */
export interface OpenedMetadataLog {
  readonly log: PartitionLog;
  readonly snapshots: SnapshotStore;
  /** Set when committed records that were on this disk cannot be read any more. */
  readonly lost: { readonly from: Offset; readonly to: Offset; readonly reason: string } | undefined;
}

/**
 * Opens log and snapshots by the rules of KIP-630 (kraft.md 3.10): unfinished files go; the log is emptied to a newest
 * snapshot that it does not continue; snapshots older than the log start go. Damage is never taken for absence: a log
 * without a readable snapshot before its start, or one that ends before what was committed here, throws UnusableSnapshot
 * or UnusableMetadataLog, unless it may be fetched again; then what is readable is kept and `lost` tells the rest.
 */
export async function openMetadataLog(options: OpenMetadataLogOptions): Promise<OpenedMetadataLog> {
  const { platform, folder, mark } = options;
  const { disk, clock, timers, logger } = platform;
  const snapshots = new SnapshotStore({ disk, clock, timers, folder });
  const damaged = await damagedSnapshots(snapshots);
  const log = openLog(options);
  const usable = snapshots.ids.findLast((id) => !damaged.has(id));
  const needsSnapshot = log.logStartOffset > 0;
  const isPrefixLost = needsSnapshot && (usable === undefined || usable.offset < log.logStartOffset);
  if (isPrefixLost) {
    const cause = [...damaged.values()].at(-1) ?? noSnapshot(folder, log.logStartOffset);
    if (!options.mayFetchAgain) throw cause;
    logger.error('the metadata before the log start cannot be read', { error: cause });
    // What was known to be committed must outlive the log that is emptied now.
    mark?.note(log.logStartOffset);
    await mark?.write();
  }
  for (const error of damaged.values()) logger.error('a damaged snapshot is removed', { error });
  snapshots.removeWhere((id) => damaged.has(id) || isPrefixLost);
  const raftLog = createMetadataRaftLog(log, snapshots);
  const { latest } = snapshots;
  const start = isPrefixLost
    ? ZERO_OFFSET
    : latest !== undefined && !continuesSnapshot(raftLog, latest)
      ? latest.offset
      : undefined;
  if (start !== undefined) {
    log.truncateFullyAndStartAt(start);
    await log.flush();
  }
  snapshots.removeBefore(log.logStartOffset);
  if (log.logStartOffset > 0 && snapshots.oldest !== undefined) log.deleteRecordsBefore(snapshots.oldest.offset);
  return { log, snapshots, lost: lostRecords(log, options) };
}

/** The newest snapshots that are damaged, down to the first that is not. */
async function damagedSnapshots(snapshots: SnapshotStore): Promise<ReadonlyMap<object, UnusableSnapshot>> {
  const damaged = new Map<object, UnusableSnapshot>();
  for (const id of snapshots.ids.toReversed()) {
    try {
      await snapshots.check(id);
      break;
    } catch (error) {
      if (!(error instanceof UnusableSnapshot)) throw error;
      damaged.set(id, error);
    }
  }
  return damaged;
}

function openLog({ platform, folder, logConfig }: OpenMetadataLogOptions): PartitionLog {
  const { disk, clock, logger } = platform;
  return openPartitionLog({
    disk,
    clock,
    logger,
    folder,
    topicPartition: METADATA_PARTITION,
    topicId: METADATA_TOPIC_ID,
    config: { ...DEFAULT_LOG_CONFIG, ...logConfig, retentionMs: undefined, retentionBytes: undefined },
    // Every batch is checked at every start; the mark tells a torn tail from damage.
    recoveryPoint: ZERO_OFFSET,
    cleanShutdown: false,
  });
}

function lostRecords(
  log: PartitionLog,
  { mark, folder, mayFetchAgain }: OpenMetadataLogOptions,
): OpenedMetadataLog['lost'] {
  const to = mark?.offset ?? ZERO_OFFSET;
  if (log.logEndOffset >= to) return undefined;
  const reason = `it can be read up to offset ${log.logEndOffset}, but records up to ${to} were committed and stored here`;
  if (!mayFetchAgain) throw new UnusableMetadataLog(folder, reason);
  return { from: log.logEndOffset, to, reason };
}

function noSnapshot(folder: string, logStart: Offset): UnusableMetadataLog {
  return new UnusableMetadataLog(folder, `it starts at offset ${logStart}, and no snapshot holds what came before`);
}
