import { invariant, type Offset, type OffsetAndEpoch } from '@milena/model';
import type { Clock, Disk, DiskFile, Timers } from '@milena/platform';
import { type BatchView, decodeRecords } from '@milena/record-batch';
import { Breather } from './breather';
import type { MetadataSnapshot } from './metadata-log';
import { isSameSnapshot, parseSnapshotFileName, partialSnapshotFileName, snapshotFileName } from './snapshot-name';
import { readSnapshotHead, snapshotBatches, type SnapshotHead } from './snapshot-reader';
import { SnapshotWriter } from './snapshot-writer';

/** Pause between two slices of work on a snapshot: nobody waits for one, and others may want the processor. Milliseconds. */
const REST_MS = 4;
/** Pause between two looks whether it may go on. Milliseconds. */
const LOOK_AGAIN_MS = 50;

/** Asked while a snapshot is being written. */
export interface SnapshotPace {
  /** False ends it. */
  mayGoOn(): boolean;
  /** Whether there is something else that should not be delayed by it. */
  shouldWait(): boolean;
}

/** What a store of snapshots works with. */
export interface SnapshotStoreOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly timers: Timers;
  /** The metadata log's folder. */
  readonly folder: string;
}

interface Receiving {
  readonly id: OffsetAndEpoch;
  readonly path: string;
  readonly file: DiskFile;
  position: number;
}

/**
 * The snapshots in the metadata log's folder. A snapshot counts once it has its final name: until then its file is written
 * under another, made durable, and renamed; then the folder is made durable. The bootstrap checkpoint 0-0 is none of them.
 */
export class SnapshotStore {
  #ids: OffsetAndEpoch[];
  #receiving: Receiving | undefined;

  /** Takes in what is in the folder, and removes what was never finished, or was being deleted. */
  constructor(private readonly options: SnapshotStoreOptions) {
    const { disk, folder } = options;
    const found = disk.list(folder).map((name) => ({ name, parsed: parseSnapshotFileName(name) }));
    for (const { name, parsed } of found) {
      if (parsed !== undefined && parsed.kind !== 'complete') disk.removeFile(`${folder}/${name}`);
    }
    this.#ids = found
      .flatMap(({ parsed }) => (parsed?.kind === 'complete' && parsed.id.offset > 0 ? [parsed.id] : []))
      .sort((left, right) => left.offset - right.offset || left.epoch - right.epoch);
  }

  /** Oldest first. */
  get ids(): readonly OffsetAndEpoch[] {
    return this.#ids;
  }

  get latest(): OffsetAndEpoch | undefined {
    return this.#ids.at(-1);
  }

  get oldest(): OffsetAndEpoch | undefined {
    return this.#ids[0];
  }

  pathOf(id: OffsetAndEpoch): string {
    return `${this.options.folder}/${snapshotFileName(id)}`;
  }

  has(id: OffsetAndEpoch): boolean {
    return this.#ids.some((each) => isSameSnapshot(each, id));
  }

  /** Bytes; undefined when there is no such snapshot. */
  size(id: OffsetAndEpoch): number | undefined {
    return this.has(id) ? this.#withFile(id, (file) => file.size()) : undefined;
  }

  read(id: OffsetAndEpoch, position: number, maxBytes: number): Buffer {
    return this.#withFile(id, (file) => {
      const bytes = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(0, file.size() - position)));
      return bytes.subarray(0, file.pread(bytes, position));
    });
  }

  /** What the snapshot says of itself. Throws UnusableSnapshot. */
  head(id: OffsetAndEpoch): SnapshotHead {
    return readSnapshotHead(this.options.disk, this.pathOf(id), id);
  }

  /** The snapshot as listeners get it. Throws UnusableSnapshot, `batches` too. */
  load(id: OffsetAndEpoch): MetadataSnapshot {
    const { disk } = this.options;
    const path = this.pathOf(id);
    return { id, timestamp: this.head(id).timestamp, batches: () => recordValues(snapshotBatches(disk, path, id)) };
  }

  /** Reads every byte of the snapshot, others having their turn now and then. Rejects with UnusableSnapshot. */
  check(id: OffsetAndEpoch): Promise<void> {
    return this.#checkFile(id, this.pathOf(id));
  }

  /** Begins to receive a snapshot in place of one begun before. */
  begin(id: OffsetAndEpoch): void {
    this.abandon();
    const { disk, folder } = this.options;
    const path = `${folder}/${partialSnapshotFileName(id, 'received')}`;
    const file = disk.open(path, { create: true });
    file.truncate(0);
    this.#receiving = { id, path, file, position: 0 };
  }

  append(bytes: Uint8Array): void {
    const receiving = this.#receiving;
    invariant(receiving !== undefined, 'a snapshot is begun before bytes of it come');
    receiving.file.pwrite(bytes, receiving.position);
    receiving.position += bytes.length;
  }

  abandon(): void {
    if (this.#receiving === undefined) return;
    this.#receiving.file.close();
    this.options.disk.removeFile(this.#receiving.path);
    this.#receiving = undefined;
  }

  /** Gives the received snapshot its place, durably. Rejects with UnusableSnapshot when it is damaged: then it is gone. */
  async install(id: OffsetAndEpoch): Promise<void> {
    const receiving = this.#receiving;
    invariant(receiving !== undefined && isSameSnapshot(receiving.id, id), 'what is installed was received', { id });
    try {
      await this.#checkFile(id, receiving.path);
      await receiving.file.fdatasync();
    } catch (error) {
      this.abandon();
      throw error;
    }
    receiving.file.close();
    this.#receiving = undefined;
    await this.#adopt(id, receiving.path);
  }

  /**
   * Writes a snapshot from record values made as they are written, in a third of the time at most, the rest of which is for
   * others. True when all of it is durable under a name that does not count yet: `adopt` comes next. False when `mayGoOn`
   * said no meanwhile; then, and when it rejects, nothing is left behind.
   */
  async make(
    snapshot: { readonly id: OffsetAndEpoch; readonly head: SnapshotHead; readonly records: Iterable<Uint8Array> },
    { mayGoOn, shouldWait }: SnapshotPace,
  ): Promise<boolean> {
    const { disk, clock } = this.options;
    const { id, head } = snapshot;
    const path = this.#pathOfMade(id);
    const breather = new Breather(this.options);
    const writer = new SnapshotWriter({ disk, path, id, now: clock.wallMs() });
    let isWhole = false;
    try {
      writer.begin(head);
      for (const record of snapshot.records) {
        writer.append(record);
        if (writer.isSyncDue) await writer.sync();
        if (breather.isDue()) {
          await breather.pause(REST_MS);
          while (shouldWait() && mayGoOn()) await breather.pause(LOOK_AGAIN_MS);
        }
        if (!mayGoOn()) return false;
      }
      await writer.finish();
      isWhole = mayGoOn();
      return isWhole;
    } finally {
      writer.close();
      if (!isWhole) disk.removeFile(path);
    }
  }

  /** Gives a snapshot that `make` wrote its place, durably. */
  adopt(id: OffsetAndEpoch): Promise<void> {
    return this.#adopt(id, this.#pathOfMade(id));
  }

  /** Removes the snapshots for which `isRemoved` is true. */
  removeWhere(isRemoved: (id: OffsetAndEpoch) => boolean): void {
    for (const id of this.#ids.filter(isRemoved)) this.options.disk.removeFile(this.pathOf(id));
    this.#ids = this.#ids.filter((id) => !isRemoved(id));
  }

  /** Removes the snapshots that end before `start`. */
  removeBefore(start: Offset): void {
    this.removeWhere(({ offset }) => offset < start);
  }

  #pathOfMade(id: OffsetAndEpoch): string {
    return `${this.options.folder}/${partialSnapshotFileName(id, 'made')}`;
  }

  async #adopt(id: OffsetAndEpoch, path: string): Promise<void> {
    const { disk, folder } = this.options;
    disk.makeReadOnly(path);
    disk.rename(path, this.pathOf(id));
    await disk.fsyncDirectory(folder);
    this.#ids = [...this.#ids.filter((each) => !isSameSnapshot(each, id)), id];
    this.#ids.sort((left, right) => left.offset - right.offset || left.epoch - right.epoch);
  }

  async #checkFile(id: OffsetAndEpoch, path: string): Promise<void> {
    const breather = new Breather(this.options);
    for (const { header } of snapshotBatches(this.options.disk, path, id)) {
      if (header.sizeInBytes > 0 && breather.isDue()) await breather.pause();
    }
  }

  #withFile<T>(id: OffsetAndEpoch, use: (file: DiskFile) => T): T {
    const file = this.options.disk.open(this.pathOf(id), { readOnly: true });
    try {
      return use(file);
    } finally {
      file.close();
    }
  }
}

/** The records of the data batches: the quorum's own are left out, as in the log. */
function* recordValues(batches: Iterable<BatchView>): Generator<{ readonly records: readonly Buffer[] }> {
  for (const { header, bytes } of batches) {
    if (!header.isControl) yield { records: decodeRecords(bytes).map(({ value }) => value ?? Buffer.alloc(0)) };
  }
}
