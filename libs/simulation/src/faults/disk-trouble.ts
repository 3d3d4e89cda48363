import { DiskError, type Disk } from '@milena/platform';
import type { SeededRandom } from '@milena/platform/testing';
import { UnusableMetadataLog, UnusableQuorumState, UnusableSnapshot } from '@milena/raft-driver';
import { coldPlaces } from './cold-places';
import type { SectorContent, SyncedFile } from './fault-action';
import { RotInUse, type RottenPlace } from './rot-in-use';
import type { Machine } from '../machine';
import { withFiles } from '../with-methods';
import type { World } from '../world';

/** What a place of a file becomes, from what the file holds and how much of that is cold. */
type Change = (content: Buffer, at: number, sizeInBytes: number) => Omit<RottenPlace, 'path'>;

const DOWN_MS_MAX = 2000;
const SECTOR_BYTES = 512;
const METADATA_FOLDER = '/data/__cluster_metadata-0';

/**
 * What a machine's disk does besides being slow: syncs that fail, no space, decay. A process that is told must end; it
 * starts again when the trouble is over.
 */
export class DiskTrouble {
  readonly #random: SeededRandom;
  #isFull = false;
  /** What the present process was told it could not sync. */
  #failedPath: string | undefined;
  /** Of which file the next read fails. */
  #failsRead: string | undefined;
  /** What the present process was told it could not read. */
  #unread: string | undefined;
  #isDamaged = false;
  /** Whether the present process has read the disk and went on. */
  #hasLooked = false;
  readonly #flipped = new Set<string>();
  readonly #rot = new RotInUse();
  #fills = 0;
  #isStalled = false;
  #stalledUntil = 0;
  #stalls = 0;
  #refused = false;

  constructor(
    private readonly machine: Machine,
    private readonly world: World,
    /** Something of the disk is about to change. */
    private readonly onDecay: () => void,
  ) {
    this.#random = world.random.fork(`disk trouble ${machine.host}`);
  }

  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** Whether something rotted under the present process. */
  get isRotten(): boolean {
    return this.#rot.isThere;
  }

  /** Whether the servers refused what is on the disk: it stays down until somebody replaces it. */
  get isRefused(): boolean {
    return this.#refused;
  }

  /** Another disk is in its place. */
  replaced(): void {
    this.#isDamaged = false;
    this.#refused = false;
    this.#flipped.clear();
  }

  /** The disk as a process sees it: whoever looks at the disk for a check is told no lies. */
  seenByProcess(disk: Disk): Disk {
    return withFiles(disk, (file) => ({
      ...file,
      pread: (target, position) => {
        this.#failRead(file.path);
        return this.#rot.read(file, target, position);
      },
    }));
  }

  failNextSync(file: SyncedFile): void {
    this.machine.disk.fail({
      ...(file === 'folder'
        ? { operation: 'fsyncDirectory', pathIncludes: METADATA_FOLDER }
        : { operation: 'fdatasync', pathIncludes: file }),
      code: 'EIO',
      times: 1,
      onFired: (path) => this.#syncFailed(path),
    });
  }

  failNextRead(file: SyncedFile): void {
    this.#failsRead = file;
  }

  stall(forMs: number): void {
    const { disk } = this.machine;
    this.world.note(`stall the disk of ${this.machine.host}`);
    disk.stall();
    this.#isStalled = true;
    this.#stalls += 1;
    const stall = this.#stalls;
    this.world.time.timers.after(forMs, () => {
      if (stall === this.#stalls) this.#unstall();
    });
  }

  /** Since when syncs end, virtual milliseconds: now when none does. */
  get syncsSinceMs(): number {
    return this.#isStalled ? this.world.time.nowMs() : this.#stalledUntil;
  }

  fill(freeBytes: number): void {
    const { disk } = this.machine;
    disk.setCapacity(disk.usedBytes() + freeBytes);
    this.#isFull = true;
    this.#fills += 1;
    const fill = this.#fills;
    this.world.time.timers.after(DOWN_MS_MAX, () => {
      if (fill === this.#fills) this.#freeSpace();
    });
  }

  /** Flips a bit of what is committed, in log or snapshots; false when there is none. */
  flipBit(file: number, position: number): boolean {
    return this.#decay(file, position, 'flip a bit', (content, at) => {
      const bytes = Buffer.from(content.subarray(at, at + 1));
      bytes.writeUInt8(bytes.readUInt8() ^ (1 << (at % 8)));
      return { start: at, bytes };
    });
  }

  /** As that, with a whole sector. */
  loseSector(file: number, position: number, holds: SectorContent): boolean {
    return this.#decay(file, position, `lose a sector to ${holds}`, (content, at, sizeInBytes) => {
      const start = at - (at % SECTOR_BYTES);
      // Behind the place a loss looks like a torn write.
      const bytes = Buffer.alloc(Math.min(SECTOR_BYTES, sizeInBytes - start));
      const other = start === 0 ? SECTOR_BYTES : start - SECTOR_BYTES;
      if (holds === 'another sector') content.subarray(other).copy(bytes);
      return { start, bytes };
    });
  }

  /** Changes something at a place that is drawn; false when there is none. */
  #decay(file: number, position: number, what: string, change: Change): boolean {
    const { host, disk, isRunning } = this.machine;
    // Nobody could say whether a process that is starting has read the place already.
    if (isRunning && !this.#hasLooked) return false;
    const places = coldPlaces(disk, METADATA_FOLDER, { isInUse: isRunning });
    const place = places[Math.floor(file * places.length)];
    if (place === undefined) return false;
    const { path, sizeInBytes, content } = place;
    const at = Math.floor(position * sizeInBytes);
    this.world.note(`${what} of ${host} ${path} at ${at}`);
    const rotten = { path, ...change(content, at, sizeInBytes) };
    if (isRunning) this.#rot.add(rotten);
    else this.#spoil(rotten);
    return true;
  }

  #spoil({ path, start, bytes }: RottenPlace): void {
    this.onDecay();
    this.machine.disk.overwrite(path, start, bytes);
    this.#isDamaged = true;
    this.#flipped.add(path);
  }

  /** The servers have looked at what is on the disk: what they keep counts again. */
  looked(): void {
    this.#hasLooked = true;
    if (!this.#isDamaged) return;
    this.#isDamaged = false;
    this.world.mark('a node started on a damaged disk');
  }

  /** Whether any bit was flipped in this run. */
  get wasDamaged(): boolean {
    return this.#flipped.size > 0;
  }

  isFlipped(path: string): boolean {
    return this.#flipped.has(path);
  }

  explains(error: unknown): boolean {
    const told = this.#toldOf(error);
    if (told === undefined && !this.#refuses(error)) return false;
    if (told !== undefined) this.world.mark(`a process ended for ${told}`);
    else if (this.#hasLooked) this.world.mark('a process met what had rotted under it');
    else {
      this.#refused = true;
      const isVote = error instanceof UnusableQuorumState;
      this.world.mark(isVote ? 'a damaged quorum-state was refused' : 'a damaged log was refused');
    }
    this.world.logger.info('the process ended for its disk', { host: this.machine.host, told, error });
    // Whoever looks after a disk whose sync failed starts the machine anew: its cache cannot be believed.
    this.machine.crash(told === 'no space' ? 'keep' : 'lose-unsynced');
    this.world.time.timers.after(this.#random.below(DOWN_MS_MAX), () => this.machine.start());
    return true;
  }

  /** What of its trouble the process was told. */
  #toldOf(error: unknown): 'failed sync' | 'failed read' | 'no space' | undefined {
    if (this.#failedPath !== undefined) return 'failed sync';
    if (this.#unread !== undefined && error instanceof DiskError && error.path === this.#unread) return 'failed read';
    return this.#isFull ? 'no space' : undefined;
  }

  /** A damaged disk may be refused, if it is said which file cannot be used. */
  #refuses(error: unknown): boolean {
    const isRead = error instanceof DiskError && error.code === 'EBADMSG';
    const types = [UnusableMetadataLog, UnusableSnapshot, UnusableQuorumState];
    const isTyped = isRead || types.some((type) => error instanceof type);
    return (this.#isDamaged || this.isRotten) && isTyped && (error as Error).message.includes(METADATA_FOLDER);
  }

  /** The process is about to remove a file, or to give it another name. */
  fileGoes(path: string): void {
    this.#rot.forget(path);
  }

  /** The process is gone, and with it what it was told. What rotted under it is there for the next one. */
  ended(): void {
    this.machine.disk.clearFaults();
    for (const place of this.#rot.takeAll()) this.#spoil(place);
    this.#hasLooked = false;
    this.#failedPath = undefined;
    this.#failsRead = undefined;
    this.#unread = undefined;
  }

  heal(): void {
    this.machine.disk.clearFaults();
    this.#failsRead = undefined;
    this.#unstall();
    this.#freeSpace();
  }

  #unstall(): void {
    if (!this.#isStalled) return;
    this.world.note(`unstall the disk of ${this.machine.host}`);
    this.#isStalled = false;
    this.#stalledUntil = this.world.time.nowMs();
    this.machine.disk.unstall();
  }

  #freeSpace(): void {
    this.machine.disk.setCapacity(Infinity);
    this.#isFull = false;
  }

  /** A sync of `path` was asked for. */
  syncBegins(path: string): void {
    if (path === this.#failedPath) {
      this.world.report('D1 failed sync stops the process', `${this.machine.host} syncs ${path} again after a failure`);
    }
  }

  #failRead(path: string): void {
    if (this.#failsRead === undefined || !path.includes(this.#failsRead)) return;
    this.world.note(`read fails ${this.machine.host}`);
    this.#failsRead = undefined;
    this.#unread = path;
    throw new DiskError('EIO', path, 'pread');
  }

  #syncFailed(path: string): void {
    this.world.note(`sync fails ${this.machine.host}`);
    this.#failedPath = path;
  }
}
