import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskError } from '@milena/platform';
import { describeDiskContract } from '@milena/platform/testing';
import { nodeDisk } from './node-disk';
import { scratchDisk } from './scratch-disk';

const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'milena-disk-'));
const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });

describeDiskContract('the disk of Node', () => {
  const folder = makeFolder();
  return { disk: nodeDisk, folder, settle: (promise) => promise, cleanUp: () => remove(folder) };
});

describeDiskContract('a disk that does not sync', () => {
  const folder = makeFolder();
  return { disk: scratchDisk, folder, settle: (promise) => promise, cleanUp: () => remove(folder) };
});

describe('the disk of Node', () => {
  let folder: string;
  beforeEach(() => {
    folder = makeFolder();
  });
  afterEach(() => remove(folder));

  it('keeps a file open until a sync under way is done, even when it is closed meanwhile', async () => {
    const file = nodeDisk.open(`${folder}/a`, { create: true });
    file.pwrite(Buffer.from('x'), 0);
    const syncs = [file.fdatasync(), file.fdatasync()];
    file.close();
    const other = nodeDisk.open(`${folder}/b`, { create: true });
    await Promise.all(syncs);
    await expect(file.fdatasync()).rejects.toMatchObject({ code: 'EBADF' });
    other.close();
  });

  it('names path, operation and cause of an error', () => {
    writeFileSync(`${folder}/file`, '');
    try {
      nodeDisk.makeFolder(`${folder}/file/below`);
      throw new Error('it should have failed');
    } catch (error) {
      expect(error).toBeInstanceOf(DiskError);
      expect(error).toMatchObject({
        code: 'ENOTDIR',
        path: `${folder}/file/below`,
        message: expect.stringContaining('makeFolder'),
      });
      expect((error as DiskError).cause).toMatchObject({ syscall: 'mkdir' });
    }
  });

  it('reads and writes past 4 GiB', () => {
    const file = nodeDisk.open(`${folder}/large`, { create: true });
    const far = 5 * 2 ** 30;
    file.pwrite(Buffer.from('far'), far);
    const target = Buffer.alloc(3);
    expect(file.pread(target, far)).toBe(3);
    expect(target.toString()).toBe('far');
    expect(file.size()).toBe(far + 3);
    file.close();
  });
});

/** Takes the lock of argv[1] as tryLock does, says so, and holds it until killed. */
const HOLDER = `
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(process.argv[1], { timeout: 0 });
  database.exec('PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
  require('node:fs').writeFileSync(process.argv[1] + '.holder', process.pid + '\\n');
  console.log('held');
  setInterval(() => {}, 1000);
`;

describe('a lock between processes', () => {
  it('is refused while another process lives, names it, and is free once that process was killed', async () => {
    const folder = makeFolder();
    const path = `${folder}/.lock`;
    const child = spawn(process.execPath, ['-e', HOLDER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      expect(nodeDisk.lock(path)).toBeUndefined();
      expect(nodeDisk.lockHolder(path)).toBe(`process ${child.pid}`);
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      expect(nodeDisk.lockHolder(path)).toBeUndefined();
      const lock = nodeDisk.lock(path);
      expect(lock).toBeDefined();
      expect(nodeDisk.lockHolder(path)).toBe(`process ${process.pid}`);
      expect(readdirSync(folder)).toEqual(['.lock', '.lock.holder']);
      lock?.release();
      lock?.release();
    } finally {
      child.kill('SIGKILL');
      remove(folder);
    }
  });

  it('refuses a lock file that holds something else', () => {
    const folder = makeFolder();
    writeFileSync(`${folder}/.lock`, 'this is no lock file, and long enough for SQLite to notice that '.repeat(20));
    expect(() => nodeDisk.lock(`${folder}/.lock`)).toThrow('EINVAL');
    remove(folder);
  });
});
