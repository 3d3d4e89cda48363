import type { DiskFile } from '../disk';
import { describeDiskContract } from './disk-contract';
import { createMemoryDisk, type MemoryDisk } from './memory-disk';
import { createSeededRandom } from './seeded-random';
import { createVirtualTime } from './virtual-time';

describeDiskContract('the memory disk', () => {
  const time = createVirtualTime();
  const disk = createMemoryDisk({ timers: time.timers, syncLatencyMs: { min: 1, max: 5 } });
  disk.makeFolder('/data');
  return { disk, folder: '/data', settle: (promise) => time.resolve(promise), cleanUp: () => {} };
});

const contentOf = (disk: MemoryDisk, path: string): string => {
  const file = disk.open(path);
  const target = Buffer.alloc(file.size());
  file.pread(target, 0);
  return target.toString('latin1');
};

describe('the memory disk in a crash', () => {
  let disk: MemoryDisk;
  let file: DiskFile;

  beforeEach(async () => {
    disk = createMemoryDisk();
    disk.makeFolder('/d');
    await disk.fsyncDirectory('/');
    file = disk.open('/d/f', { create: true });
    await disk.fsyncDirectory('/d');
  });

  it('keeps synced content and loses what came after', async () => {
    file.pwrite(Buffer.from('synced'), 0);
    await file.fdatasync();
    file.pwrite(Buffer.from('XX'), 0);
    file.pwrite(Buffer.from(' lost'), 6);
    disk.crash();
    expect(contentOf(disk, '/d/f')).toBe('synced');
  });

  it('brings back what an unsynced truncation cut off', async () => {
    file.pwrite(Buffer.from('abcdef'), 0);
    await file.fdatasync();
    file.truncate(2);
    file.pwrite(Buffer.from('Z'), 2);
    disk.crash();
    expect(contentOf(disk, '/d/f')).toBe('abcdef');
  });

  it('makes a truncation durable with a sync', async () => {
    file.pwrite(Buffer.from('abcdef'), 0);
    await file.fdatasync();
    file.truncate(2);
    file.truncate(4);
    await file.fdatasync();
    disk.crash();
    expect(contentOf(disk, '/d/f')).toBe('ab\0\0');
  });

  it('forgets a new name unless its folder was synced, even when the content was', async () => {
    const unnamed = disk.open('/d/new', { create: true });
    await unnamed.fdatasync();
    disk.crash();
    expect(disk.list('/d')).toEqual(['f']);
  });

  it('undoes a rename whose folder was not synced, and keeps one whose folder was', async () => {
    disk.rename('/d/f', '/d/g');
    disk.crash();
    expect(disk.list('/d')).toEqual(['f']);
    disk.rename('/d/f', '/d/g');
    await disk.fsyncDirectory('/d');
    disk.crash();
    expect(disk.list('/d')).toEqual(['g']);
  });

  it('loses nothing when only the process dies, and still needs the sync afterwards', () => {
    file.pwrite(Buffer.from('cached'), 0);
    disk.crash('keep');
    expect(contentOf(disk, '/d/f')).toBe('cached');
    disk.crash();
    expect(contentOf(disk, '/d/f')).toBe('');
  });

  it('voids open files and locks of the process that died', () => {
    disk.lock('/d/.lock');
    disk.crash('keep');
    expect(() => file.pwrite(Buffer.from('x'), 0)).toThrow('EBADF');
    expect(disk.lock('/d/.lock')).toBeDefined();
  });

  it('tears unsynced writes at sectors, differently by seed and never in what was synced', async () => {
    const images = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const torn = createMemoryDisk({ random: createSeededRandom(seed) });
      const log = torn.open('/log', { create: true });
      log.pwrite(Buffer.alloc(1024, 's'), 0);
      await log.fdatasync();
      await torn.fsyncDirectory('/');
      log.pwrite(Buffer.alloc(2048, 'u'), 1024);
      torn.crash('tear');
      const image = contentOf(torn, '/log');
      expect(image.slice(0, 1024)).toBe('s'.repeat(1024));
      for (let at = 1024; at < image.length; at += 512) {
        expect(['u'.repeat(512), '\0'.repeat(512)]).toContain(image.slice(at, at + 512));
      }
      images.add(image);
    }
    expect(images.size).toBeGreaterThan(5);
  });
});

describe('the memory disk under virtual time', () => {
  it('makes durable what was written before the sync began, and never settles it once the process is gone', async () => {
    const time = createVirtualTime();
    const disk = createMemoryDisk({ timers: time.timers, syncLatencyMs: { min: 10, max: 10 } });
    const file = disk.open('/f', { create: true });
    await time.resolve(disk.fsyncDirectory('/'));
    file.pwrite(Buffer.from('early'), 0);
    const first = file.fdatasync();
    file.pwrite(Buffer.from(' late'), 5);
    await time.resolve(first);
    let settled = false;
    void file.fdatasync().finally(() => (settled = true));
    disk.crash();
    await time.advance(100);
    expect(settled).toBe(false);
    expect(contentOf(disk, '/f')).toBe('early');
  });
});

describe('a memory disk that fails', () => {
  it('fails a sync, still shows the data, and believes the next sync without keeping it', async () => {
    const disk = createMemoryDisk();
    const file = disk.open('/f', { create: true });
    await disk.fsyncDirectory('/');
    file.pwrite(Buffer.from('lost'), 0);
    disk.fail({ operation: 'fdatasync', code: 'EIO', times: 1 });
    await expect(file.fdatasync()).rejects.toMatchObject({ code: 'EIO', path: '/f' });
    await file.fdatasync();
    expect(contentOf(disk, '/f')).toBe('lost');
    disk.crash();
    expect(contentOf(disk, '/f')).toBe('\0\0\0\0');
  });

  it('fails only the paths named, as often as told, until the faults are cleared', () => {
    const disk = createMemoryDisk();
    disk.fail({ operation: 'open', code: 'EMFILE', pathIncludes: 'log' });
    disk.open('/index', { create: true });
    expect(() => disk.open('/log', { create: true })).toThrow('EMFILE');
    expect(() => disk.open('/log', { create: true })).toThrow('EMFILE');
    disk.clearFaults();
    disk.open('/log', { create: true });
  });

  it('writes what fits before it runs out of space', () => {
    const disk = createMemoryDisk();
    const file = disk.open('/f', { create: true });
    disk.setCapacity(6);
    file.pwrite(Buffer.from('1234'), 0);
    expect(() => file.pwrite(Buffer.from('5678'), 4)).toThrow('ENOSPC');
    expect(contentOf(disk, '/f')).toBe('123456');
    file.pwrite(Buffer.from('x'), 0);
    expect(contentOf(disk, '/f')).toBe('x23456');
  });

  it('ends no sync while it hangs, and those that waited once it does not', async () => {
    const time = createVirtualTime();
    const disk = createMemoryDisk({ timers: time.timers, syncLatencyMs: { min: 1, max: 1 } });
    const file = disk.open('/f', { create: true });
    let synced = 0;
    disk.stall();
    for (const _ of [1, 2]) void file.fdatasync().then(() => (synced += 1));
    await time.advance(10_000);
    expect(synced).toBe(0);
    disk.unstall();
    await time.advance(2);
    expect(synced).toBe(2);
  });

  it('replaces stored bytes for good, and only as far as the file reaches', async () => {
    const disk = createMemoryDisk();
    const file = disk.open('/f', { create: true });
    file.pwrite(Buffer.from('abcdef'), 0);
    await Promise.all([file.fdatasync(), disk.fsyncDirectory('/')]);
    disk.overwrite('/f', 4, Buffer.from('XYZ'));
    disk.crash();
    expect(contentOf(disk, '/f')).toBe('abcdXY');
  });

  it('flips stored bits for good', async () => {
    const disk = createMemoryDisk();
    const file = disk.open('/f', { create: true });
    file.pwrite(Buffer.from('a'), 0);
    await file.fdatasync();
    await disk.fsyncDirectory('/');
    disk.flipBits('/f', 0, 0x03);
    disk.crash();
    expect(contentOf(disk, '/f')).toBe('b');
  });
});
