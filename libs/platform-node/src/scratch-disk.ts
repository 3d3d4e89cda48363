import { closeSync } from 'node:fs';
import type { Disk } from '@milena/platform';
import { nodeDisk, openDescriptor } from './node-disk';
import { NodeFile } from './node-file';

/** A file that nobody needs when this process is gone. */
class ScratchFile extends NodeFile {
  override async fdatasync(): Promise<void> {
    this.size();
  }
}

/** The file system of the operating system, for files that need not outlive the process: a sync does nothing. */
export const scratchDisk: Disk = {
  ...nodeDisk,
  open: (path, options) => new ScratchFile(path, openDescriptor(path, options)),
  fsyncDirectory: async (folder) => closeSync(openDescriptor(folder, { readOnly: true })),
};
