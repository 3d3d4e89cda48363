import { DiskError, type DiskFile } from '@milena/platform';
import { UnusableMetadataLog, UnusableQuorumState, UnusableSnapshot } from '@milena/raft-driver';
import { coldPlaces } from './cold-places';
import type { SectorContent } from './fault-action';
import { RotInUse, type RottenPlace } from './rot-in-use';
import type { Machine } from '../machine';
import type { World } from '../world';

/** What a place of a file becomes, from what the file holds and how much of that is cold. */
type Change = (content: Buffer, at: number, sizeInBytes: number) => Omit<RottenPlace, 'path'>;

const SECTOR_BYTES = 512;
const METADATA_FOLDER = '/data/__cluster_metadata-0';

/** What of a machine's disk is not what was written: while the machine is down, or under a running process. */
export class DiskDecay {
  #isDamaged = false;
  #isRefused = false;
  /** Whether the present process has read the disk and went on. */
  #hasLooked = false;
  readonly #changed = new Set<string>();
  readonly #rot = new RotInUse();

  constructor(
    private readonly machine: Machine,
    private readonly world: World,
    /** Something of the disk is about to change. */
    private readonly onDecay: () => void,
  ) {}

  /** Whether something was changed that no process has looked at yet: what is on the disk is nobody's truth. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** Whether something rotted under the process, which has not read it yet: all it says is true, but may be lost. */
  get isRotten(): boolean {
    return this.#rot.isThere;
  }

  /** Whether the servers refused what is on the disk: it stays down until somebody replaces it. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** Whether anything was ever changed on it: what the machine acknowledged it may have to fetch again. */
  get wasDamaged(): boolean {
    return this.#changed.size > 0;
  }

  /** Whether the file was ever changed. */
  isChanged(path: string): boolean {
    return this.#changed.has(path);
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

  /** Reads as the process does. */
  read(file: DiskFile, target: Buffer, position: number): number {
    return this.#rot.read(file, target, position);
  }

  /** The process is about to remove a file, or to give it another name. */
  fileGoes(path: string): void {
    this.#rot.forget(path);
  }

  /** The servers have read the disk and go on: what they keep of it counts again. */
  looked(): void {
    this.#hasLooked = true;
    if (!this.#isDamaged) return;
    this.#isDamaged = false;
    this.world.mark('a node started on a damaged disk');
  }

  /** Whether the end of a process is what the decay asks for: it may be refused, if it is said what cannot be used. */
  explains(error: unknown): boolean {
    const isRead = error instanceof DiskError && error.code === 'EBADMSG';
    const types = [UnusableMetadataLog, UnusableSnapshot, UnusableQuorumState];
    const isTyped = isRead || types.some((type) => error instanceof type);
    const isThere = this.#isDamaged || this.isRotten;
    if (!isThere || !isTyped || !(error as Error).message.includes(METADATA_FOLDER)) return false;
    const isVote = error instanceof UnusableQuorumState;
    if (this.#hasLooked) this.world.mark('a process met what had rotted under it');
    else this.world.mark(isVote ? 'a damaged quorum-state was refused' : 'a damaged log was refused');
    this.#isRefused = !this.#hasLooked;
    return true;
  }

  /** The process is gone. What rotted under it is there for the next one. */
  ended(): void {
    for (const place of this.#rot.takeAll()) this.#spoil(place);
    this.#hasLooked = false;
  }

  /** Another disk is in its place. */
  replaced(): void {
    this.#isDamaged = false;
    this.#isRefused = false;
    this.#changed.clear();
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
    this.#changed.add(path);
  }
}
