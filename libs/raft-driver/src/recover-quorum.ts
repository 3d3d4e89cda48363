import { replaceFile, type PartitionLog } from '@milena/log-store';
import { NO_NODE, type TimestampMs, ZERO_UUID } from '@milena/model';
import type { DiskLock, Platform } from '@milena/platform';
import { encodeBatch, encodeControlRecord, type ControlRecord, type VoterEntry } from '@milena/record-batch';
import { CommittedMark } from './committed-mark';
import { UnusableLogFolder } from './meta-properties';
import { openMetadataLog } from './open-metadata-log';
import { planRecovery, type RecoveryPlan, type RecoverySubject } from './plan-recovery';
import { QUORUM_STATE_FILE, writeQuorumState } from './quorum-state-file';
import { readWholeFile } from './read-whole-file';
import { traceHeader } from './trace-header';

const STATE_BYTES_MAX = 64 * 1024;

/** What was done, and where it is written down. */
export interface RecoveredQuorum {
  readonly plan: RecoveryPlan;
  /** Folder with the copy of what was changed, and the audit record. */
  readonly auditFolder: string;
  /** Offset of the batch that says who votes; everything from there on is what the recovery added. */
  readonly recoveryOffset: number;
  /** Trace under which that batch stands in the log. */
  readonly traceId: string;
}

/**
 * The way out of a lost majority: makes the node of this folder the only voter of its quorum, with the log it has. What
 * only the lost voters had is lost. In this order: the log is opened, or refused; a copy of quorum-state and the audit record
 * beside it; the new epoch in quorum-state, so that no vote of an older one can still be given; then the log's new truth, one
 * control batch of the new epoch with leader change, kraft.version and voters. A crash in between leaves a folder that can be
 * recovered again.
 * Throws what planRecovery throws, UnusableLogFolder while a process uses the folder, UnusableMetadataLog or UnusableSnapshot
 * when committed records are missing from this disk, and DiskError.
 */
export async function recoverQuorum(platform: Platform, subject: RecoverySubject): Promise<RecoveredQuorum> {
  const lock = lockFolder(platform, subject.logFolder);
  try {
    const plan = planRecovery(platform.disk, subject);
    const traceId = randomTraceId(platform);
    return await onLog(platform, plan.folder, async (log) => {
      const auditFolder = await writeAudit(platform, plan, traceId);
      const state = { leaderId: NO_NODE, leaderEpoch: plan.newEpoch, votedId: NO_NODE, votedDirectoryId: ZERO_UUID };
      await writeQuorumState(platform.disk, plan.folder, state, { dataVersion: 1 });
      const recoveryOffset = await appendTruth(log, plan, { traceId, timestamp: platform.clock.wallMs() });
      return { plan, auditFolder, recoveryOffset, traceId };
    });
  } finally {
    lock.release();
  }
}

function lockFolder({ disk }: Platform, logFolder: string): DiskLock {
  const lock = disk.lock(`${logFolder}/.lock`);
  if (lock !== undefined) return lock;
  const holder = disk.lockHolder(`${logFolder}/.lock`) ?? 'another process';
  throw new UnusableLogFolder(`log folder ${logFolder} is in use by ${holder}: stop the controller first`);
}

async function writeAudit({ disk, clock }: Platform, plan: RecoveryPlan, traceId: string): Promise<string> {
  const folder = `${plan.folder}/recovery-${plan.newEpoch}`;
  disk.makeFolder(folder);
  const before = readWholeFile(disk, `${plan.folder}/${QUORUM_STATE_FILE}`, STATE_BYTES_MAX);
  if (before !== undefined) await replaceFile(disk, `${folder}/${QUORUM_STATE_FILE}`, before);
  const audit = { recoveredAtMs: clock.wallMs(), traceId, ...plan };
  await replaceFile(disk, `${folder}/audit.json`, Buffer.from(`${JSON.stringify(audit, undefined, 2)}\n`));
  await disk.fsyncDirectory(plan.folder);
  return folder;
}

/** Opens the log as a start does, before anything is written: what cannot be recovered is refused as it is. */
async function onLog<T>(platform: Platform, folder: string, run: (log: PartitionLog) => Promise<T>): Promise<T> {
  const { disk, timers } = platform;
  const mark = await CommittedMark.open({ disk, timers, folder, onFatal: () => undefined });
  try {
    const { log } = await openMetadataLog({ platform, folder, logConfig: {}, mark, mayFetchAgain: false });
    try {
      return await run(log);
    } finally {
      await log.close();
    }
  } finally {
    await mark.close();
  }
}

async function appendTruth(
  log: PartitionLog,
  { newEpoch, voter }: RecoveryPlan,
  { traceId, timestamp }: { readonly traceId: string; readonly timestamp: TimestampMs },
): Promise<number> {
  const baseOffset = log.logEndOffset;
  const [first, ...others] = truth(voter).map(encodeControlRecord);
  // The control record that says who leads names the audit record by its trace.
  const headers = [traceHeader(`00-${traceId}-${traceId.slice(16)}-01`)];
  const records = first === undefined ? [] : [{ ...first, headers }, ...others];
  const batch = encodeBatch({ baseOffset, partitionLeaderEpoch: newEpoch, timestamp, isControl: true, records });
  const appended = log.appendAsFollower(batch);
  if (!appended.ok) throw new Error(`the metadata log cannot be appended to: ${appended.error.message}`);
  await log.flush();
  return baseOffset;
}

function truth(voter: VoterEntry): readonly ControlRecord[] {
  const { voterId } = voter;
  return [
    { type: 'leader-change', leaderId: voterId, voterIds: [voterId], grantingVoterIds: [voterId] },
    { type: 'kraft-version', kraftVersion: 1 },
    { type: 'voters', voters: [voter] },
  ];
}

/** A trace id: 32 hexadecimal digits. */
function randomTraceId({ random }: Platform): string {
  return Buffer.from(random.bytes(16)).toString('hex');
}
