import type { Disk } from '@milena/platform';
import { batchesOf } from '@milena/record-batch';

/** What identifies a batch in a log. */
export interface BatchMark {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly epoch: number;
  readonly crc: number;
}

/** Every whole batch in a partition's folder, in order, as a process that reads the files sees it. */
export function readLog(disk: Disk, folder: string): readonly BatchMark[] {
  const marks: BatchMark[] = [];
  for (const name of disk.list(folder)) {
    if (!name.endsWith('.log')) continue;
    const file = disk.open(`${folder}/${name}`, { readOnly: true });
    const bytes = Buffer.allocUnsafe(file.size());
    file.pread(bytes, 0);
    file.close();
    for (const { header } of batchesOf(bytes)) {
      const { baseOffset, lastOffset, partitionLeaderEpoch, crc } = header;
      marks.push({ baseOffset, lastOffset, epoch: partitionLeaderEpoch, crc });
    }
  }
  return marks;
}
