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
/** Bytes written since the last sync at which one is due: file systems let the log's syncs wait for those of other files. */
const SYNC_BYTES = 8 * 1024 * 1024;

/**
 * Writes the content of a snapshot, piece by piece: a control batch with header, KRaft version and voters,
 * data batches, a control batch with the footer (KIP-630, KIP-853). Offsets count from 0, the epoch is the snapshot's.
 */
export class SnapshotWriter {
  readonly #file: DiskFile;
  readonly #common: { readonly partitionLeaderEpoch: number; readonly timestamp: TimestampMs };
  #position = 0;
  #nextOffset = ZERO_OFFSET;
  #records: NewRecord[] = [];
  #recordBytes = 0;
  #syncedTo = 0;

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

  /** Whether so much was written that `sync` should come before more. */
  get isSyncDue(): boolean {
    return this.#position - this.#syncedTo >= SYNC_BYTES;
  }

  /** Makes what was written so far durable. */
  async sync(): Promise<void> {
    this.#syncedTo = this.#position;
    await this.#file.fdatasync();
  }

  /** Writes what is left and the footer, and makes the content durable. */
  async finish(): Promise<void> {
    this.#closeBatch();
    this.#writeControl([{ type: 'snapshot-footer' }]);
    await this.sync();
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
