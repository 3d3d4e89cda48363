import { replaceFile } from '@milena/log-store';
import type { Disk } from '@milena/platform';

/** Name of the file beside the metadata log's segments that is there while lost records are fetched again. */
export const PENDING_REPAIR_FILE = 'pending-repair';

const TEXT = 'committed records are being fetched again; until then this node has no vote\n';

/**
 * Notes durably that a repair of the metadata log in this folder has begun. How far the log goes does not tell whether it
 * has ended: the committed mark lags behind what was acknowledged, and the repair may be interrupted between the two. Rejects
 * with DiskError.
 */
export async function beginPendingRepair(disk: Disk, folder: string): Promise<void> {
  await replaceFile(disk, `${folder}/${PENDING_REPAIR_FILE}`, TEXT);
}

/** Whether a repair has begun and not ended. */
export function isRepairPending(disk: Disk, folder: string): boolean {
  return disk.exists(`${folder}/${PENDING_REPAIR_FILE}`);
}

/** The log is whole again, durably: so is this when it resolves. Rejects with DiskError. */
export async function endPendingRepair(disk: Disk, folder: string): Promise<void> {
  disk.removeFile(`${folder}/${PENDING_REPAIR_FILE}`);
  await disk.fsyncDirectory(folder);
}
