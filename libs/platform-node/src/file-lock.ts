import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { DiskError, type DiskLock } from '@milena/platform';
import { diskCall, systemCode } from './disk-call';

/** SQLite's SQLITE_BUSY: another connection, in this process or another, holds the lock. */
const BUSY = 5;

/**
 * Node has no file locks, but the SQLite in it has: an exclusive transaction holds a POSIX record lock on the file until
 * the process ends, however it ends, and the kernel enforces it between all processes that see the file. The file stays
 * empty, as Kafka's `.lock` is, and Kafka's own lock on it conflicts with ours. Nobody may open and close the file by
 * other means in this process: POSIX drops all its locks at that moment.
 */
function tryLock(path: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec('PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database?.close();
    if ((error as { readonly errcode?: number }).errcode === BUSY) return undefined;
    throw error;
  }
}

const holderPath = (path: string): string => `${path}.holder`;

/** The reason why a lock file cannot be used, which SQLite does not tell, found by opening it anew: only when not locked. */
function lockError(error: unknown, path: string): DiskError {
  try {
    writeFileSync(path, '', { flag: 'a' });
    return new DiskError('EINVAL', path, 'lock', { cause: error });
  } catch (reason) {
    return new DiskError(systemCode(reason), path, 'lock', { cause: reason });
  }
}

/** Takes the lock on a path; undefined when it is held. Beside it stands a file that says who holds it. */
export function takeFileLock(path: string): DiskLock | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = tryLock(path);
  } catch (error) {
    throw lockError(error, path);
  }
  if (database === undefined) return undefined;
  const held = database;
  diskCall('lock', path, () => writeFileSync(holderPath(path), `${process.pid}\n`));
  let released = false;
  return {
    release() {
      if (released) return;
      released = true;
      rmSync(holderPath(path), { force: true });
      held.close();
    },
  };
}

/** Who holds the lock on a path; undefined when nobody does. */
export function fileLockHolder(path: string): string | undefined {
  let pid: string;
  try {
    pid = readFileSync(holderPath(path), 'utf8').trim();
  } catch {
    pid = '';
  }
  const database = diskCall('lockHolder', path, () => tryLock(path));
  if (database === undefined) return /^\d+$/.test(pid) ? `process ${pid}` : 'another process';
  database.close();
  return undefined;
}
