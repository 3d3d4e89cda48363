import type { Disk, SyncOptions } from '@milena/platform';

/** Folder that a path lies in. */
export function parentFolder(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** The whole text of a small file; undefined when it does not exist. */
export function readTextFile(disk: Disk, path: string): string | undefined {
  if (!disk.exists(path)) return undefined;
  const file = disk.open(path, { readOnly: true });
  try {
    const bytes = Buffer.alloc(file.size());
    return bytes.toString('utf8', 0, file.pread(bytes, 0));
  } finally {
    file.close();
  }
}

/**
 * Replaces a small file so that a crash leaves the old or the new content, never a mixture: temporary file, fdatasync,
 * rename, fsync of the folder. Resolves when the new content is durable; rejects with DiskError, after which neither content
 * may be believed to be on disk. Calls for one path and `writer` (part of the temporary file's name) must not overlap.
 */
export async function replaceFile(
  disk: Disk,
  path: string,
  content: string | Uint8Array,
  { writer = 'new', ...sync }: SyncOptions & { readonly writer?: string } = {},
): Promise<void> {
  const temporary = `${path}.${writer}.tmp`;
  const file = disk.open(temporary, { create: true });
  try {
    file.truncate(0);
    file.pwrite(typeof content === 'string' ? Buffer.from(content, 'utf8') : content, 0);
    await file.fdatasync(sync);
  } finally {
    file.close();
  }
  disk.rename(temporary, path);
  await disk.fsyncDirectory(parentFolder(path), sync);
}

/** Writes a whole file on the page cache only; what checks itself when read (a CRC) needs no more. */
export function writeFile(disk: Disk, path: string, content: Uint8Array): void {
  const file = disk.open(path, { create: true });
  try {
    file.truncate(0);
    file.pwrite(content, 0);
  } finally {
    file.close();
  }
}
