import { MalformedInput } from '@milena/bytes';
import type { Disk } from '@milena/platform';

/**
 * Reads a whole file of at most `maxBytes`; undefined when it does not exist. Throws DiskError on an I/O error and
 * MalformedInput when the file is longer than anything we write, because then it is not ours.
 */
export function readWholeFile(disk: Disk, path: string, maxBytes: number): Buffer | undefined {
  if (!disk.exists(path)) return undefined;
  const file = disk.open(path, { readOnly: true });
  try {
    const size = file.size();
    if (size > maxBytes) throw new MalformedInput(`it has ${size} bytes, more than the ${maxBytes} it may have`);
    const content = Buffer.alloc(size);
    return content.subarray(0, file.pread(content, 0));
  } finally {
    file.close();
  }
}
