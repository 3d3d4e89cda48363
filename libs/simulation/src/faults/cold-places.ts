import { MalformedInput } from '@milena/bytes';
import type { MemoryDisk } from '@milena/platform/testing';
import { COMMITTED_MARK_FILE, decodeCommittedMark, QUORUM_STATE_FILE } from '@milena/raft-driver';
import { batchesOf } from '@milena/record-batch';
import { snapshotNamed } from '../read-snapshot';

/** The beginning of a file in which nothing changes any more. */
export interface ColdPlace {
  readonly path: string;
  readonly sizeInBytes: number;
  /** What the whole file holds. */
  readonly content: Buffer;
}

/**
 * What a voter has on its disk of log and snapshots and knows to be committed: decay there is damage, while a
 * log that is cut behind the committed mark may be a torn tail. And whom it voted for, unless a process uses the disk: it reads
 * that once.
 */
export function coldPlaces(
  disk: MemoryDisk,
  folder: string,
  { isInUse }: { readonly isInUse: boolean },
): readonly ColdPlace[] {
  const names = disk.listDurable(folder);
  // What a running process wrote of it may be lost with the power.
  const mark = decodeCommittedMark(disk.readDurable(`${folder}/${COMMITTED_MARK_FILE}`) ?? Buffer.alloc(0));
  return names.flatMap((name) => {
    const path = `${folder}/${name}`;
    const content = disk.readDurable(path);
    // A running process may have removed it, and the folder is not synced yet.
    if (content === undefined || !disk.exists(path)) return [];
    const named = snapshotNamed(name);
    const isWhole = (name === QUORUM_STATE_FILE && !isInUse) || (named?.isComplete === true && named.endOffset > 0);
    const sizeInBytes = isWhole ? content.length : name.endsWith('.log') ? committedBytes(content, mark) : 0;
    return sizeInBytes === 0 ? [] : [{ path, sizeInBytes, content }];
  });
}

function committedBytes(content: Buffer, mark: number): number {
  let size = 0;
  try {
    for (const { header } of batchesOf(content)) {
      if (header.lastOffset >= mark) break;
      size += header.sizeInBytes;
    }
  } catch (error) {
    // Behind a torn write nothing is committed.
    if (!(error instanceof MalformedInput)) throw error;
  }
  return size;
}
