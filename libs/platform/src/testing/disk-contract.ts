import { DiskError, type Disk, type DiskFile } from '../disk';

/** A disk under test. */
export interface DiskContractSubject {
  readonly disk: Disk;
  /** An empty folder to work in. */
  readonly folder: string;
  /** Waits for a promise of the disk, as its kind of time demands. */
  settle<T>(promise: Promise<T>): Promise<T>;
  cleanUp(): void;
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'no error';
  } catch (error) {
    return error instanceof DiskError ? error.code : `not a DiskError: ${String(error)}`;
  }
}

function textOf(file: DiskFile, position = 0, length = 100): string {
  const target = Buffer.alloc(length);
  return target.subarray(0, file.pread(target, position)).toString('latin1');
}

type Current = () => DiskContractSubject;

function describeFiles(current: Current): void {
  const open = (name: string): DiskFile => current().disk.open(`${current().folder}/${name}`, { create: true });

  it('refuses to open a missing file unless it is to be created', () => {
    const { disk, folder } = current();
    expect(codeOf(() => disk.open(`${folder}/missing`))).toBe('ENOENT');
    expect(codeOf(() => disk.open(`${folder}/no/folder`, { create: true }))).toBe('ENOENT');
    disk.open(`${folder}/made`, { create: true }).close();
    expect(disk.exists(`${folder}/made`)).toBe(true);
    expect(disk.open(`${folder}/made`).size()).toBe(0);
  });

  it('reads what was written, short only at the end of the file', () => {
    const file = open('a');
    file.pwrite(Buffer.from('hello world'), 0);
    file.pwrite(Buffer.from('W'), 6);
    expect(textOf(file, 0, 5)).toBe('hello');
    expect(textOf(file, 6)).toBe('World');
    expect(textOf(file, 11)).toBe('');
    expect(textOf(file, 500)).toBe('');
    expect(file.size()).toBe(11);
    file.close();
  });

  it('keeps the content when a file is opened for creation again', () => {
    const file = open('a');
    file.pwrite(Buffer.from('kept'), 0);
    file.close();
    expect(textOf(open('a'))).toBe('kept');
  });

  it('fills a gap with zeros', () => {
    const file = open('a');
    file.pwrite(Buffer.from('x'), 3);
    expect(textOf(file)).toBe('\0\0\0x');
    file.close();
  });

  it('cuts and extends a file, forgetting what was cut', () => {
    const file = open('a');
    file.pwrite(Buffer.from('abcdef'), 0);
    file.truncate(2);
    expect(file.size()).toBe(2);
    file.truncate(4);
    expect(textOf(file)).toBe('ab\0\0');
    file.close();
  });

  it('shows one content through two open files', () => {
    const writer = open('a');
    const reader = open('a');
    writer.pwrite(Buffer.from('seen'), 0);
    expect(textOf(reader)).toBe('seen');
    writer.close();
    reader.close();
  });

  it('refuses to write to a file opened for reading, and any use of a closed one', async () => {
    open('a').close();
    const file = current().disk.open(`${current().folder}/a`, { readOnly: true });
    expect(codeOf(() => file.pwrite(Buffer.from('x'), 0))).toBe('EBADF');
    file.close();
    expect(codeOf(() => file.size())).toBe('EBADF');
    expect(codeOf(() => file.pread(Buffer.alloc(1), 0))).toBe('EBADF');
    await expect(current().settle(file.fdatasync())).rejects.toMatchObject({ code: 'EBADF' });
  });

  it('syncs files and folders', async () => {
    const { disk, folder, settle } = current();
    const file = open('a');
    file.pwrite(Buffer.from('x'), 0);
    await expect(settle(file.fdatasync())).resolves.toBeUndefined();
    await expect(settle(disk.fsyncDirectory(folder))).resolves.toBeUndefined();
    await expect(settle(disk.fsyncDirectory(`${folder}/missing`))).rejects.toMatchObject({ code: 'ENOENT' });
    file.close();
  });
}

function describeNames(current: Current): void {
  it('lists names in order, and nothing for a missing folder', () => {
    const { disk, folder } = current();
    for (const name of ['b', 'a', 'c']) disk.open(`${folder}/${name}`, { create: true }).close();
    disk.makeFolder(`${folder}/aa/deep`);
    expect(disk.list(folder)).toEqual(['a', 'aa', 'b', 'c']);
    expect(disk.list(`${folder}/missing`)).toEqual([]);
    expect(disk.isFolder(`${folder}/aa`)).toBe(true);
    expect(disk.isFolder(`${folder}/a`)).toBe(false);
    expect(disk.isFolder(`${folder}/missing`)).toBe(false);
    expect(codeOf(() => disk.list(`${folder}/a`))).toBe('ENOTDIR');
  });

  it('makes a folder that exists without complaint', () => {
    const { disk, folder } = current();
    disk.makeFolder(`${folder}/x/y`);
    disk.open(`${folder}/x/y/file`, { create: true }).close();
    disk.makeFolder(`${folder}/x/y`);
    expect(disk.list(`${folder}/x/y`)).toEqual(['file']);
  });

  it('renames a file over another one', () => {
    const { disk, folder } = current();
    const file = disk.open(`${folder}/new`, { create: true });
    file.pwrite(Buffer.from('new'), 0);
    disk.open(`${folder}/old`, { create: true }).close();
    disk.rename(`${folder}/new`, `${folder}/old`);
    expect(disk.list(folder)).toEqual(['old']);
    expect(textOf(disk.open(`${folder}/old`))).toBe('new');
    file.close();
  });

  it('renames and removes a file that nobody may write any more', () => {
    const { disk, folder } = current();
    disk.open(`${folder}/frozen`, { create: true }).close();
    disk.makeReadOnly(`${folder}/frozen`);
    disk.rename(`${folder}/frozen`, `${folder}/moved`);
    expect(disk.open(`${folder}/moved`, { readOnly: true }).size()).toBe(0);
    disk.removeFile(`${folder}/moved`);
    expect(codeOf(() => disk.makeReadOnly(`${folder}/moved`))).toBe('ENOENT');
  });

  it('renames a folder with what is in it', () => {
    const { disk, folder } = current();
    disk.makeFolder(`${folder}/t-0`);
    disk.open(`${folder}/t-0/log`, { create: true }).close();
    disk.rename(`${folder}/t-0`, `${folder}/t-0-delete`);
    expect(disk.list(folder)).toEqual(['t-0-delete']);
    expect(disk.list(`${folder}/t-0-delete`)).toEqual(['log']);
    expect(codeOf(() => disk.rename(`${folder}/t-0`, `${folder}/other`))).toBe('ENOENT');
  });

  it('removes files and folders, missing ones too', () => {
    const { disk, folder } = current();
    disk.makeFolder(`${folder}/x/y`);
    disk.open(`${folder}/x/y/file`, { create: true }).close();
    disk.open(`${folder}/file`, { create: true }).close();
    disk.removeFile(`${folder}/file`);
    disk.removeFile(`${folder}/file`);
    disk.removeFolder(`${folder}/x`);
    disk.removeFolder(`${folder}/x`);
    expect(disk.list(folder)).toEqual([]);
  });

  it('keeps an open file usable after its name is gone', () => {
    const { disk, folder } = current();
    const file = disk.open(`${folder}/a`, { create: true });
    disk.removeFile(`${folder}/a`);
    file.pwrite(Buffer.from('still here'), 0);
    expect(textOf(file)).toBe('still here');
    file.close();
  });
}

function describeLocks(current: Current): void {
  it('gives a lock to one holder at a time, and says who has it', () => {
    const { disk, folder } = current();
    const path = `${folder}/.lock`;
    expect(disk.lockHolder(path)).toBeUndefined();
    const lock = disk.lock(path);
    expect(lock).toBeDefined();
    expect(disk.lock(path)).toBeUndefined();
    expect(disk.lockHolder(path)).toMatch(/process/);
    lock?.release();
    expect(disk.lockHolder(path)).toBeUndefined();
    const again = disk.lock(path);
    expect(again).toBeDefined();
    again?.release();
  });

  it('refuses a lock in a folder that does not exist', () => {
    const { disk, folder } = current();
    expect(codeOf(() => disk.lock(`${folder}/missing/.lock`))).toBe('ENOENT');
  });
}

/** What every Disk must do. Runs as specs of the file that calls it. */
export function describeDiskContract(name: string, makeSubject: () => DiskContractSubject): void {
  describe(`${name} keeps the contract of Disk`, () => {
    let subject: DiskContractSubject;
    beforeEach(() => {
      subject = makeSubject();
    });
    afterEach(() => subject.cleanUp());
    describeFiles(() => subject);
    describeNames(() => subject);
    describeLocks(() => subject);
  });
}
