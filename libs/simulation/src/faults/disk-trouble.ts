import { DiskError, type Disk } from '@milena/platform';
import type { SeededRandom } from '@milena/platform/testing';
import type { DiskDecay } from './disk-decay';
import type { SyncedFile } from './fault-action';
import type { Machine } from '../machine';
import { withFiles } from '../with-methods';
import type { World } from '../world';

const DOWN_MS_MAX = 2000;
const METADATA_FOLDER = '/data/__cluster_metadata-0';

/**
 * What a machine's disk does besides being slow and decaying: syncs and reads that fail, no space. A process that is told must end; it
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
  #fills = 0;
  #isStalled = false;
  #stalledUntil = 0;
  #stalls = 0;

  constructor(
    private readonly machine: Machine,
    private readonly world: World,
    private readonly decay: DiskDecay,
  ) {
    this.#random = world.random.fork(`disk trouble ${machine.host}`);
  }

  /** The disk as a process sees it: whoever looks at the disk for a check is told no lies. */
  seenByProcess(disk: Disk): Disk {
    return withFiles(disk, (file) => ({
      ...file,
      pread: (target, position) => {
        this.#failRead(file.path);
        return this.decay.read(file, target, position);
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

  /** Whether the end of a process is what the trouble of its disk asks for: then it is gone, and starts again later. */
  explains(error: unknown): boolean {
    const told = this.#toldOf(error);
    if (told === undefined && !this.decay.explains(error)) return false;
    if (told !== undefined) this.world.mark(`a process ended for ${told}`);
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

  /** The process is gone, and with it what it was told. */
  ended(): void {
    this.machine.disk.clearFaults();
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
