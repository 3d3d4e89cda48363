import type { SeededRandom } from '@milena/platform/testing';
import { UnusableMetadataLog, UnusableQuorumState, UnusableSnapshot } from '@milena/raft-driver';
import { coldPlaces } from './cold-places';
import type { Machine } from './machine';
import type { World } from './world';

const DOWN_MS_MAX = 2000;
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
  #isDamaged = false;
  readonly #flipped = new Set<string>();
  #fills = 0;
  #refused = false;

  constructor(
    private readonly machine: Machine,
    private readonly world: World,
  ) {
    this.#random = world.random.fork(`disk trouble ${machine.host}`);
  }

  get isDamaged(): boolean {
    return this.#isDamaged;
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
    const places = coldPlaces(disk, METADATA_FOLDER);
    const place = places[Math.floor(file * places.length)];
    if (place === undefined) return false;
    const at = Math.floor(position * place.sizeInBytes);
    disk.flipBits(place.path, at, 1 << (at % 8));
    this.#isDamaged = true;
    this.#flipped.add(place.path);
    this.world.note(`flip a bit of ${this.machine.host} ${place.path} at ${at}`);
    return true;
  }

  /** The servers have looked at what is on the disk: what they keep counts again. */
  looked(): void {
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
    const told = this.#failedPath !== undefined ? 'failed sync' : this.#isFull ? 'no space' : undefined;
    if (told === undefined && !this.#refuses(error)) return false;
    if (told === undefined) {
      this.#refused = true;
      const isVote = error instanceof UnusableQuorumState;
      this.world.mark(isVote ? 'a damaged quorum-state was refused' : 'a damaged log was refused');
    } else this.world.mark(`a process ended for ${told}`);
    this.world.logger.info('the process ended for its disk', { host: this.machine.host, told, error });
    // Whoever looks after a disk whose sync failed starts the machine anew: its cache cannot be believed.
    this.machine.crash(told === 'no space' ? 'keep' : 'lose-unsynced');
    this.world.time.timers.after(this.#random.below(DOWN_MS_MAX), () => this.machine.start());
    return true;
  }

  /** A damaged disk may be refused, if it is said which file cannot be used. */
  #refuses(error: unknown): boolean {
    const isTyped = [UnusableMetadataLog, UnusableSnapshot, UnusableQuorumState].some((type) => error instanceof type);
    return this.#isDamaged && isTyped && (error as Error).message.includes(METADATA_FOLDER);
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
