import type { SeededRandom } from '@milena/platform/testing';
import type { Machine } from './machine';
import type { World } from './world';

const DOWN_MS_MAX = 2000;
const LOG_FILES = '.log';

/**
 * What a machine's disk does besides being slow: syncs that fail, no space, decay. A process that is told must end; it
 * starts again when the trouble is over.
 */
export class DiskTrouble {
  readonly #random: SeededRandom;
  #isFull = false;
  /** What the present process was told it could not sync. */
  #failedPath: string | undefined;
  #damaged = false;
  #fills = 0;
  /** Set once a damaged disk was refused: somebody has to look at it. */
  #refused = false;

  constructor(
    private readonly machine: Machine,
    private readonly world: World,
  ) {
    this.#random = world.random.fork(`disk trouble ${machine.host}`);
  }

  get isDamaged(): boolean {
    return this.#damaged;
  }

  get keepsDown(): boolean {
    return this.#refused;
  }

  failNextSync(pathIncludes: string): void {
    this.machine.disk.fail({
      operation: 'fdatasync',
      code: 'EIO',
      times: 1,
      pathIncludes,
      onFired: (path) => this.#syncFailed(path),
    });
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

  flipBit(file: number, position: number): boolean {
    const { disk } = this.machine;
    const folder = '/data/__cluster_metadata-0';
    const files = disk.listDurable(folder).filter((name) => name.endsWith(LOG_FILES));
    const name = files[Math.floor(file * files.length)];
    const size = name === undefined ? 0 : (disk.readDurable(`${folder}/${name}`)?.length ?? 0);
    if (name === undefined || size < 500) return false;
    const at = Math.floor((position * size) / 2);
    disk.flipBits(`${folder}/${name}`, at, 1 << (at % 8));
    this.#damaged = true;
    this.world.note(`flip a bit of ${this.machine.host} ${name} at ${at}`);
    return true;
  }

  explains(error: unknown): boolean {
    const told = this.#failedPath !== undefined ? 'failed sync' : this.#isFull ? 'no space' : undefined;
    if (told === undefined && !this.#damaged) return false;
    if (told === undefined) {
      this.#refused = true;
      this.world.mark('a damaged log was refused');
    } else this.world.mark(`a process ended for ${told}`);
    this.world.logger.info('the process ended for its disk', { host: this.machine.host, told, error });
    // Whoever looks after a disk whose sync failed starts the machine anew: its cache cannot be believed.
    this.machine.crash(told === 'no space' ? 'keep' : 'lose-unsynced');
    this.world.time.timers.after(this.#random.below(DOWN_MS_MAX), () => this.machine.start());
    return true;
  }

  /** The process is gone, and with it what it was told. */
  ended(): void {
    this.machine.disk.clearFaults();
    this.#failedPath = undefined;
  }

  heal(): void {
    this.machine.disk.clearFaults();
    this.#freeSpace();
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

  #syncFailed(path: string): void {
    this.world.note(`sync fails ${this.machine.host}`);
    this.#failedPath = path;
  }
}
