import { crc32c, MalformedInput } from '@milena/bytes';
import { encodeMetadataRecord, imageRecords, type MetadataImage } from '@milena/metadata';
import type { CommittedBatch } from '@milena/raft-driver';
import { readSnapshot, snapshotNamed, type StoredSnapshot } from '../read-snapshot';
import type { World } from '../world';

/** Committed batches that are remembered, newest last: a snapshot is never older than that in a run of seconds. */
const BATCHES_MAX = 4000;

/** What the committed records before an offset say, as a snapshot must hold it. */
interface Expected {
  readonly epoch: number;
  readonly timestamp: number;
  readonly image: MetadataImage;
  /** Of the records of the image; made when it is first asked for. */
  digest?: string;
}

/**
 * R8: a snapshot that ends at offset o holds what the committed records before o say, record by record, under the epoch and
 * time of the last of them. Each one is looked at when it gets its name, made by the node or received from the leader, and
 * those that are left are looked at again in the end.
 */
export class SnapshotContents {
  /** By the offset behind the last record of a committed batch. */
  readonly #expected = new Map<number, Expected>();
  #checked = 0;

  constructor(private readonly world: World) {}

  /** Snapshots looked at so far. */
  get checked(): number {
    return this.#checked;
  }

  /** A batch that nobody was given before, and the image that holds everything up to it. */
  committed({ lastOffset, epoch, timestamp }: CommittedBatch, image: MetadataImage): void {
    this.#expected.set(lastOffset + 1, { epoch, timestamp, image });
    if (this.#expected.size > BATCHES_MAX) this.#expected.delete(this.#expected.keys().next().value as number);
  }

  /** The file at `path` of a node has, or is about to get, the name of a snapshot. */
  check(host: string, path: string, content: Buffer): void {
    const named = snapshotNamed(path);
    if (named === undefined || named.endOffset === 0) return;
    this.#checked += 1;
    const what = `${host}: ${path.slice(path.lastIndexOf('/') + 1)}`;
    const found = this.#read(what, content);
    const expected = this.#expected.get(named.endOffset);
    if (found === undefined) return;
    if (expected === undefined) return this.#report(what, 'ends where no committed batch does');
    if (expected.epoch !== named.epoch || found.timestamp !== expected.timestamp) {
      const { epoch, timestamp } = expected;
      const text = `is of epoch ${named.epoch} and time ${found.timestamp}, its last record of ${epoch} and ${timestamp}`;
      return this.#report(what, text);
    }
    if (expected.image.openTransaction !== undefined) return this.#report(what, 'ends inside a transaction');
    expected.digest ??= digestOf([...imageRecords(expected.image)].map(encodeMetadataRecord));
    const digest = digestOf(found.values);
    if (digest !== expected.digest) this.#report(what, `holds ${digest}, the log says ${expected.digest}`);
  }

  #read(what: string, content: Buffer): StoredSnapshot | undefined {
    try {
      return readSnapshot(content);
    } catch (error) {
      if (!(error instanceof MalformedInput)) throw error;
      this.#report(what, `cannot be read: ${error.message}`);
      return undefined;
    }
  }

  #report(what: string, text: string): void {
    this.world.report('R8 snapshot', `${what} ${text}`);
  }
}

function digestOf(records: readonly Uint8Array[]): string {
  return `${records.length} records, ${crc32c(Buffer.concat(records)).toString(16)}`;
}
