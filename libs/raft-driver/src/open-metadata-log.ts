import {
  DEFAULT_LOG_CONFIG,
  type LogConfig,
  openPartitionLog,
  type PartitionLog,
  type PartitionLogOptions,
} from '@milena/log-store';
import {
  maxOffset,
  METADATA_PARTITION,
  METADATA_TOPIC_ID,
  type Offset,
  type OffsetAndEpoch,
  ZERO_OFFSET,
} from '@milena/model';
import type { Platform } from '@milena/platform';
import { continuesSnapshot } from '@milena/raft';
import type { CommittedMark } from './committed-mark';
import { createMetadataRaftLog } from './metadata-raft-log';
import { metadataRecoveryRules, missingRecords } from './metadata-recovery-rules';
import { isRepairPending, PENDING_REPAIR_FILE } from './pending-repair';
import { SnapshotStore } from './snapshot-store';
import { UnusableMetadataLog } from './unusable-metadata-log';
import { UnusableSnapshot } from './unusable-snapshot';

const INTERRUPTED = 'lost records were being fetched again, and what else was acknowledged here is not known';
const DAMAGED_MARK = 'both its copies are damaged, so how much was committed and stored here is not known';

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
  /** See PartitionLogOptions. */
  readonly onFailed?: PartitionLogOptions['onFailed'];
}

/** The log with its snapshots, fit for the raft state machine. */
export interface OpenedMetadataLog {
  readonly log: PartitionLog;
  readonly snapshots: SnapshotStore;
  /**
   * Set when committed records that were on this disk may be missing from the log, which can be read up to `logEnd`. All
   * before `committed` is known to have been committed and stored here; what the log has beyond may never have been.
   */
  readonly lost: { readonly logEnd: Offset; readonly committed: Offset; readonly reason: string } | undefined;
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
  if (mark?.isDamaged === true && !options.mayFetchAgain) throw new UnusableMetadataLog(mark.path, DAMAGED_MARK);
  const isInRepair = mark !== undefined && isRepairPending(disk, folder);
  if (isInRepair && !options.mayFetchAgain)
    throw new UnusableMetadataLog(`${folder}/${PENDING_REPAIR_FILE}`, INTERRUPTED);
  const log = openLog(
    options,
    snapshots.ids.filter((id) => !damaged.has(id)),
  );
  const usable = snapshots.ids.findLast((id) => !damaged.has(id));
  const needsSnapshot = log.logStartOffset > 0;
  const isPrefixLost = needsSnapshot && (usable === undefined || usable.offset < log.logStartOffset);
  const cause = [...damaged.values()].at(-1) ?? noSnapshot(folder, log.logStartOffset);
  if (!options.mayFetchAgain) await refuseLoss(log, options, { usable, cause: isPrefixLost ? cause : undefined });
  if (isPrefixLost) {
    logger.error('the metadata before the log start cannot be read', { error: cause });
    // What was known to be committed must outlive the log that is emptied now.
    mark?.note(log.logStartOffset);
    await mark?.write();
  }
  for (const error of damaged.values()) logger.error('a damaged snapshot is removed', { error });
  const beginsAnew = isPrefixLost || hidesLoss(log, mark, usable);
  snapshots.removeWhere((id) => damaged.has(id) || beginsAnew);
  const raftLog = createMetadataRaftLog(log, snapshots);
  const { latest } = snapshots;
  const start = beginsAnew
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
  return { log, snapshots, lost: lostRecords(log, mark, isInRepair) };
}

/**
 * Whether a snapshot reaches up to the mark, which the log was cut before. With the damaged batch the cut took whatever stood
 * behind the mark, and that may have been acknowledged: the snapshot must not make the log look whole.
 */
function hidesLoss(log: PartitionLog, mark: CommittedMark | undefined, usable: OffsetAndEpoch | undefined): boolean {
  return mark !== undefined && log.logEndOffset < mark.offset && usable !== undefined && usable.offset >= mark.offset;
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

function openLog(options: OpenMetadataLogOptions, snapshots: readonly OffsetAndEpoch[]): PartitionLog {
  const { platform, folder, logConfig, mark, mayFetchAgain } = options;
  const { disk, clock, logger } = platform;
  const mustKeep = mayFetchAgain ? ZERO_OFFSET : (mark?.offset ?? ZERO_OFFSET);
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
    recoveryRules: metadataRecoveryRules({ snapshots, mustKeep }),
    ...(options.onFailed && { onFailed: options.onFailed }),
  });
}

/** Throws, everything left as it is, when what nobody can send again is missing. */
async function refuseLoss(
  log: PartitionLog,
  { mark, folder }: OpenMetadataLogOptions,
  found: { readonly usable: OffsetAndEpoch | undefined; readonly cause: Error | undefined },
): Promise<void> {
  const reached = found.usable?.offset ?? ZERO_OFFSET;
  const end = hidesLoss(log, mark, found.usable) ? log.logEndOffset : maxOffset(log.logEndOffset, reached);
  const committed = mark?.offset ?? ZERO_OFFSET;
  const missing = end < committed ? new UnusableMetadataLog(folder, missingRecords(end, committed)) : undefined;
  const refusal = found.cause ?? missing;
  if (refusal === undefined) return;
  await log.abandon();
  throw refusal;
}

function lostRecords(
  log: PartitionLog,
  mark: CommittedMark | undefined,
  isInRepair: boolean,
): OpenedMetadataLog['lost'] {
  const [logEnd, committed] = [log.logEndOffset, mark?.offset ?? ZERO_OFFSET];
  if (mark?.isDamaged === true) return { logEnd, committed, reason: DAMAGED_MARK };
  if (logEnd < committed) return { logEnd, committed, reason: missingRecords(logEnd, committed) };
  return isInRepair ? { logEnd, committed, reason: INTERRUPTED } : undefined;
}

function noSnapshot(folder: string, logStart: Offset): UnusableMetadataLog {
  return new UnusableMetadataLog(folder, `it starts at offset ${logStart}, and no snapshot holds what came before`);
}
