import { DiskError, type Disk, type DiskFile, type DiskLock } from '../disk';
import type { Timers } from '../timers';
import { DiskFaults, type DiskFault, type DiskOperation } from './disk-faults';
import { MemoryFile } from './memory-file';
import { MemoryFolder, type CrashMode, type MemoryEntry } from './memory-folder';
import { createSeededRandom, type SeededRandom } from './seeded-random';

/**
 * A disk in memory that forgets what was not synced. File contents are durable after `fdatasync`, names after
 * `fsyncDirectory` of their folder, neither implies the other, and a rename between two folders needs both.
 */
export interface MemoryDisk extends Disk {
  /**
   * Ends the process that uses the disk, and perhaps the power: open files and locks are void, syncs under way never
   * settle. Afterwards the disk can be used again, as by the next process.
   */
  crash(mode?: CrashMode): void;
  /** Makes calls to come fail. */
  fail(fault: DiskFault): void;
  clearFaults(): void;
  /** Writes past this many bytes in all files together fail with ENOSPC after the part that fits. */
  setCapacity(bytes: number): void;
  /** Bytes of all files. */
  usedBytes(): number;
  /** Names in a folder that a power cut would leave, sorted. */
  listDurable(folder: string): readonly string[];
  /** What a power cut would leave of a file, wherever its name is; undefined without such a name. */
  readDurable(path: string): Buffer | undefined;
  /** Empties the disk, as a replaced one is. Only while no process uses it. */
  wipe(): void;
  /** Flips stored bits of one byte, in cache and on disk. */
  flipBits(path: string, position: number, mask: number): void;
  /** Replaces stored bytes, in cache and on disk, as a write that was meant for another place does; never grows the file. */
  overwrite(path: string, position: number, bytes: Uint8Array): void;
  /** The disk hangs: no sync begun from now on ends before `unstall`. */
  stall(): void;
  /** Syncs that waited take the time that a sync takes from now on. */
  unstall(): void;
}

/** How a memory disk behaves. */
export interface MemoryDiskOptions {
  /** With timers a sync takes time; without, it is done at once. */
  readonly timers?: Timers;
  /** Decides sync times and what a torn write leaves. */
  readonly random?: SeededRandom;
  /** How long a sync takes, milliseconds; drawn uniformly. Needs `timers`. */
  readonly syncLatencyMs?: { readonly min: number; readonly max: number };
  /**
   * Sees every operation that changes something before it is carried out, and the end of a sync (`synced`) before it takes
   * effect or fails; a crash made here comes in time.
   */
  readonly onChange?: (operation: DiskOperation | 'synced', path: string) => void;
}

/** The process that uses the disk, until a crash. */
interface Life {
  alive: boolean;
  readonly locks: Set<string>;
}

/** More paths than a process of a simulation has open at a time. */
const KNOWN_PATHS_MAX = 1000;

/** Cuts paths into names. The same few paths come again and again. */
class PathParts {
  readonly #known = new Map<string, readonly string[]>();

  of(path: string): readonly string[] {
    let parts = this.#known.get(path);
    if (parts !== undefined) return parts;
    parts = path.split('/').filter((part) => part !== '' && part !== '.');
    if (this.#known.size >= KNOWN_PATHS_MAX) this.#known.clear();
    this.#known.set(path, parts);
    return parts;
  }
}

class TreeDisk implements MemoryDisk {
  #root = new MemoryFolder();
  readonly #faults = new DiskFaults();
  readonly #parts = new PathParts();
  readonly #random: SeededRandom;
  #life: Life = { alive: true, locks: new Set() };
  #capacityBytes = Infinity;
  /** Syncs that wait while the disk hangs. */
  #stalled: (() => void)[] | undefined;

  constructor(readonly options: MemoryDiskOptions) {
    this.#random = options.random ?? createSeededRandom(0);
  }

  crash(mode: CrashMode = 'lose-unsynced'): void {
    this.#life.alive = false;
    this.#life = { alive: true, locks: new Set() };
    this.#root.crash(mode, this.#random);
  }

  fail(fault: DiskFault): void {
    this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  usedBytes(): number {
    return this.#root.usedBytes();
  }

  listDurable(folder: string): readonly string[] {
    const entry = this.#findDurable(folder);
    return entry instanceof MemoryFolder ? [...entry.durableNames.keys()].sort() : [];
  }

  readDurable(path: string): Buffer | undefined {
    const entry = this.#findDurable(path);
    return entry instanceof MemoryFile ? entry.durableBytes() : undefined;
  }

  wipe(): void {
    this.#root = new MemoryFolder();
  }

  setCapacity(bytes: number): void {
    this.#capacityBytes = bytes;
  }

  flipBits(path: string, position: number, mask: number): void {
    const entry = this.#find(path);
    if (!(entry instanceof MemoryFile)) throw new DiskError('ENOENT', path, 'flipBits');
    entry.flipBits(position, mask);
  }

  overwrite(path: string, position: number, bytes: Uint8Array): void {
    const entry = this.#find(path);
    if (!(entry instanceof MemoryFile)) throw new DiskError('ENOENT', path, 'overwrite');
    entry.overwrite(position, bytes);
  }

  stall(): void {
    this.#stalled ??= [];
  }

  unstall(): void {
    const waiting = this.#stalled ?? [];
    this.#stalled = undefined;
    for (const begin of waiting) begin();
  }

  open(path: string, options: { readonly create?: boolean; readonly readOnly?: boolean } = {}): DiskFile {
    this.#faults.check('open', path);
    const existing = this.#find(path);
    if (existing instanceof MemoryFolder) throw new DiskError('EISDIR', path, 'open');
    if (existing === undefined && options.create !== true) throw new DiskError('ENOENT', path, 'open');
    if (existing?.isReadOnly === true && options.readOnly !== true) throw new DiskError('EACCES', path, 'open');
    return this.#handle(path, existing ?? this.#create(path), options.readOnly === true);
  }

  exists(path: string): boolean {
    return this.#find(path) !== undefined;
  }

  list(folder: string): readonly string[] {
    this.#faults.check('list', folder);
    const entry = this.#find(folder);
    if (entry === undefined) return [];
    if (entry instanceof MemoryFile) throw new DiskError('ENOTDIR', folder, 'list');
    return [...entry.names.keys()].sort();
  }

  isFolder(path: string): boolean {
    return this.#find(path) instanceof MemoryFolder;
  }

  makeFolder(path: string): void {
    this.#changes('makeFolder', path);
    this.#faults.check('makeFolder', path);
    let folder = this.#root;
    for (const part of this.#parts.of(path)) {
      let next = folder.names.get(part);
      if (next instanceof MemoryFile) throw new DiskError('ENOTDIR', path, 'makeFolder');
      if (next === undefined) {
        const made = new MemoryFolder();
        folder.change((names) => names.set(part, made));
        next = made;
      }
      folder = next;
    }
  }

  rename(from: string, to: string): void {
    this.#changes('rename', from);
    this.#faults.check('rename', from);
    const moved = this.#find(from);
    if (moved === undefined) throw new DiskError('ENOENT', from, 'rename');
    const replaced = this.#find(to);
    if (replaced === moved) return;
    if (replaced instanceof MemoryFolder)
      throw new DiskError(replaced.names.size > 0 ? 'ENOTEMPTY' : 'EISDIR', to, 'rename');
    if (replaced !== undefined && moved instanceof MemoryFolder) throw new DiskError('ENOTDIR', to, 'rename');
    const [source, oldName] = this.#parent(from, 'rename');
    const [target, newName] = this.#parent(to, 'rename');
    const add = (names: Map<string, MemoryEntry>): void => void names.set(newName, moved);
    const remove = (names: Map<string, MemoryEntry>): void => void names.delete(oldName);
    if (source === target) {
      source.change((names) => {
        remove(names);
        add(names);
      });
    } else {
      target.change(add);
      source.change(remove);
    }
  }

  makeReadOnly(path: string): void {
    const entry = this.#find(path);
    if (!(entry instanceof MemoryFile)) throw new DiskError('ENOENT', path, 'makeReadOnly');
    entry.isReadOnly = true;
  }

  removeFile(path: string): void {
    this.#changes('removeFile', path);
    this.#faults.check('removeFile', path);
    const entry = this.#find(path);
    if (entry === undefined) return;
    if (entry instanceof MemoryFolder) throw new DiskError('EISDIR', path, 'removeFile');
    this.#remove(path, 'removeFile');
  }

  removeFolder(path: string): void {
    this.#changes('removeFolder', path);
    this.#faults.check('removeFolder', path);
    const entry = this.#find(path);
    if (entry === undefined) return;
    if (entry instanceof MemoryFile) throw new DiskError('ENOTDIR', path, 'removeFolder');
    this.#remove(path, 'removeFolder');
  }

  lock(path: string): DiskLock | undefined {
    const life = this.#life;
    if (life.locks.has(path)) return undefined;
    this.open(path, { create: true }).close();
    life.locks.add(path);
    return { release: () => void life.locks.delete(path) };
  }

  lockHolder(path: string): string | undefined {
    return this.#life.locks.has(path) ? 'this process' : undefined;
  }

  fsyncDirectory(path: string): Promise<void> {
    const folder = this.#find(path);
    if (!(folder instanceof MemoryFolder)) return Promise.reject(new DiskError('ENOENT', path, 'fsyncDirectory'));
    const makeDurable = folder.beginSync();
    return this.#sync(path, this.#faults.next('fsyncDirectory', path), makeDurable, () => {});
  }

  #handle(path: string, file: MemoryFile, readOnly: boolean): DiskFile {
    const life = this.#life;
    let open = true;
    const check = (operation: string, writes = false): void => {
      if (!open || !life.alive || (writes && readOnly)) throw new DiskError('EBADF', path, operation);
    };
    return {
      path,
      size: () => {
        check('size');
        return file.size;
      },
      pread: (target, position) => {
        check('pread');
        this.#faults.check('pread', path);
        return file.read(target, position);
      },
      pwrite: (source, position) => {
        check('pwrite', true);
        this.#changes('pwrite', path);
        this.#faults.check('pwrite', path);
        this.#write(path, file, source, position);
      },
      truncate: (size) => {
        check('truncate', true);
        this.#changes('truncate', path);
        this.#faults.check('truncate', path);
        file.truncate(size);
      },
      fdatasync: () => {
        if (!open || !life.alive) return Promise.reject(new DiskError('EBADF', path, 'fdatasync'));
        this.options.onChange?.('fdatasync', path);
        if (!life.alive) return Promise.reject(new DiskError('EBADF', path, 'fdatasync'));
        const error = this.#faults.next('fdatasync', path);
        const sync = file.beginSync();
        return this.#sync(
          path,
          error,
          () => file.completeSync(sync),
          () => file.failSync(sync),
        );
      },
      close: () => {
        open = false;
      },
    };
  }

  #write(path: string, file: MemoryFile, source: Uint8Array, position: number): void {
    const growth = Math.max(0, position + source.length - file.size);
    const free = this.#capacityBytes === Infinity ? Infinity : this.#capacityBytes - this.#root.usedBytes();
    if (growth <= free) return file.write(source, position);
    file.write(source.subarray(0, Math.max(0, source.length - (growth - Math.max(0, free)))), position);
    throw new DiskError('ENOSPC', path, 'pwrite');
  }

  /** Settles after the time a sync takes, and never once the process is gone. */
  #sync(path: string, error: DiskError | undefined, succeed: () => void, fail: () => void): Promise<void> {
    const { timers, syncLatencyMs: { min, max } = { min: 0, max: 0 } } = this.options;
    const life = this.#life;
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        if (!life.alive) return;
        this.options.onChange?.('synced', path);
        if (!life.alive) return;
        if (error === undefined) {
          succeed();
          resolve();
        } else {
          fail();
          reject(error);
        }
      };
      const begin = (): void => {
        if (timers === undefined) finish();
        else timers.after(min + this.#random.fraction() * (max - min), finish);
      };
      if (this.#stalled === undefined) begin();
      else this.#stalled.push(begin);
    });
  }

  /** Before a change: a crash by the observer leaves the process without its disk. */
  #changes(operation: DiskOperation, path: string): void {
    const { onChange } = this.options;
    if (onChange === undefined) return;
    const life = this.#life;
    onChange(operation, path);
    if (!life.alive) throw new DiskError('EBADF', path, operation);
  }

  #findDurable(path: string): MemoryEntry | undefined {
    let entry: MemoryEntry | undefined = this.#root;
    for (const part of this.#parts.of(path)) {
      if (!(entry instanceof MemoryFolder)) return undefined;
      entry = entry.durableNames.get(part);
    }
    return entry;
  }

  #find(path: string): MemoryEntry | undefined {
    let entry: MemoryEntry | undefined = this.#root;
    for (const part of this.#parts.of(path)) {
      if (!(entry instanceof MemoryFolder)) return undefined;
      entry = entry.names.get(part);
    }
    return entry;
  }

  #parent(path: string, operation: string): readonly [MemoryFolder, string] {
    const parts = this.#parts.of(path);
    const name = parts.at(-1);
    let folder: MemoryEntry | undefined = this.#root;
    for (let depth = 0; depth < parts.length - 1; depth++) {
      folder = folder instanceof MemoryFolder ? folder.names.get(parts[depth] ?? '') : undefined;
    }
    if (name === undefined || !(folder instanceof MemoryFolder)) throw new DiskError('ENOENT', path, operation);
    return [folder, name];
  }

  #create(path: string): MemoryFile {
    const [folder, name] = this.#parent(path, 'open');
    const file = new MemoryFile();
    folder.change((names) => names.set(name, file));
    return file;
  }

  #remove(path: string, operation: string): void {
    const [folder, name] = this.#parent(path, operation);
    folder.change((names) => names.delete(name));
  }
}

/** An empty disk in memory. */
export function createMemoryDisk(options: MemoryDiskOptions = {}): MemoryDisk {
  return new TreeDisk(options);
}
