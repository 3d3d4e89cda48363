import { dirname } from 'node:path';
import type { Disk } from '@milena/platform';

/**
 * Reads a whole file of at most `maxBytes`; undefined when it does not exist. Throws DiskError on an I/O error and a
 * RangeError when the file is longer than anything we write, because then it is not ours.
 */
export function readWholeFile(disk: Disk, path: string, maxBytes: number): Buffer | undefined {
  if (!disk.exists(path)) return undefined;
  const file = disk.open(path, { readOnly: true });
  try {
    const size = file.size();
    if (size > maxBytes) throw new RangeError(`${path} has ${size} bytes, more than the ${maxBytes} it may have`);
    const content = Buffer.alloc(size);
    return content.subarray(0, file.pread(content, 0));
  } finally {
    file.close();
  }
}

/**
 * Replaces a small file so that a crash leaves either the old or the new content: temporary file, fsync, rename, fsync
 * of the folder. Resolves when the new content is durable; rejects with DiskError, after which neither content may be
 * believed to be on disk. Calls for one path must not overlap.
 */
export async function replaceFile(disk: Disk, path: string, content: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = disk.open(temporary, { create: true });
  try {
    file.truncate(0);
    file.pwrite(content, 0);
    await file.fdatasync();
  } finally {
    file.close();
  }
  disk.rename(temporary, path);
  await disk.fsyncDirectory(dirname(path));
}
