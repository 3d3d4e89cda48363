import { type OffsetAndEpoch, type TimestampMs, ZERO_OFFSET } from '@milena/model';
import type { Disk, DiskFile } from '@milena/platform';
import {
  type ControlRecord,
  encodeBatch,
  encodeControlBatch,
  type NewRecord,
  readBatchHeader,
} from '@milena/record-batch';
import type { SnapshotHead } from './snapshot-reader';

/** Record bytes at which a batch is closed: little enough to be encoded and written in a moment. */
const BATCH_BYTES = 64 * 1024;

/**
 * Writes the content of a snapshot, piece by piece, on the page cache: a control batch with header, KRaft version and voters,
 * data batches, a control batch with the footer (KIP-630, KIP-853). Offsets count from 0, the epoch is the snapshot's.
 */
export class SnapshotWriter {
  readonly #file: DiskFile;
  readonly #common: { readonly partitionLeaderEpoch: number; readonly timestamp: TimestampMs };
  #position = 0;
  #nextOffset = ZERO_OFFSET;
  #records: NewRecord[] = [];
  #recordBytes = 0;

  constructor(options: {
    readonly disk: Disk;
    readonly path: string;
    readonly id: OffsetAndEpoch;
    readonly now: TimestampMs;
  }) {
    this.#common = { partitionLeaderEpoch: options.id.epoch, timestamp: options.now };
    this.#file = options.disk.open(options.path, { create: true });
  }

  /** Empties the file and writes the first batch. */
  begin(head: SnapshotHead): void {
    this.#file.truncate(0);
    this.#writeControl(headRecords(head));
  }

  append(value: Uint8Array): void {
    this.#records.push({ value });
    this.#recordBytes += value.length;
    if (this.#recordBytes >= BATCH_BYTES) this.#closeBatch();
  }

  /** Writes what is left and the footer, and makes the content durable. */
  async finish(): Promise<void> {
    this.#closeBatch();
    this.#writeControl([{ type: 'snapshot-footer' }]);
    await this.#file.fdatasync();
  }

  close(): void {
    this.#file.close();
  }

  #closeBatch(): void {
    if (this.#records.length === 0) return;
    const records = this.#records;
    this.#records = [];
    this.#recordBytes = 0;
    this.#write(encodeBatch({ ...this.#common, baseOffset: this.#nextOffset, records }));
  }

  #writeControl(records: readonly ControlRecord[]): void {
    this.#write(encodeControlBatch({ ...this.#common, baseOffset: this.#nextOffset, records }));
  }

  #write(batch: Buffer): void {
    this.#file.pwrite(batch, this.#position);
    this.#position += batch.length;
    this.#nextOffset = readBatchHeader(batch).nextOffset;
  }
}

function headRecords({ timestamp, quorum }: SnapshotHead): readonly ControlRecord[] {
  const header: ControlRecord = { type: 'snapshot-header', lastContainedLogTimestamp: timestamp };
  if (quorum === undefined) return [header];
  const { kraftVersion, voters } = quorum;
  return [header, { type: 'kraft-version', kraftVersion }, { type: 'voters', voters }];
}
