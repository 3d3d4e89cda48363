import {
  chmodSync,
  closeSync,
  existsSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  constants,
} from 'node:fs';
import { promisify } from 'node:util';
import type { Disk } from '@milena/platform';
import { diskCall, diskError, systemCode } from './disk-call';
import { fileLockHolder, takeFileLock } from './file-lock';
import { NodeFile } from './node-file';

const fsyncInThread = promisify(fsync);

function openFlags({
  create = false,
  readOnly = false,
}: {
  readonly create?: boolean;
  readonly readOnly?: boolean;
}): number {
  return (readOnly ? constants.O_RDONLY : constants.O_RDWR) | (create ? constants.O_CREAT : 0);
}

/** Runs a call for which a missing file is no error. */
function unlessMissing<T>(operation: string, path: string, call: () => T, otherwise: T): T {
  try {
    return call();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return otherwise;
    throw diskError(error, path, operation);
  }
}

/** Opens a file as `Disk.open` says. */
export function openDescriptor(path: string, options: Parameters<Disk['open']>[1] = {}): number {
  return diskCall('open', path, () => openSync(path, openFlags(options), 0o644));
}

/** The file system of the operating system. */
export const nodeDisk: Disk = {
  open: (path, options) => new NodeFile(path, openDescriptor(path, options)),
  exists: existsSync,
  list(folder) {
    return unlessMissing('list', folder, () => readdirSync(folder).sort(), []);
  },
  isFolder(path) {
    return unlessMissing('isFolder', path, () => statSync(path).isDirectory(), false);
  },
  makeFolder(path) {
    diskCall('makeFolder', path, () => mkdirSync(path, { recursive: true }));
  },
  rename(from, to) {
    diskCall('rename', from, () => renameSync(from, to));
  },
  makeReadOnly(path) {
    diskCall('makeReadOnly', path, () => chmodSync(path, 0o444));
  },
  removeFile(path) {
    unlessMissing('removeFile', path, () => unlinkSync(path), undefined);
  },
  removeFolder(path) {
    diskCall('removeFolder', path, () => rmSync(path, { recursive: true, force: true }));
  },
  lock: takeFileLock,
  lockHolder: fileLockHolder,
  async fsyncDirectory(folder, { urgent = false } = {}) {
    try {
      const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
      try {
        if (urgent) fsyncSync(descriptor);
        else await fsyncInThread(descriptor);
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      throw diskError(error, folder, 'fsyncDirectory');
    }
  },
};
