import { createDelta, emptyImage, type MetadataDelta, type MetadataImage, type MetadataRecord } from '@milena/metadata';
import { offset } from '@milena/model';
import type { LogChange } from '../tree/log-change';

/** One batch as a projection takes it in. */
export interface WrittenBatch {
  readonly delta: MetadataDelta;
  readonly image: MetadataImage;
  readonly change: LogChange;
}

/** Writes a metadata log in memory, one batch at a time, for specs. Times are a second apart. */
export class LogWriter {
  #image = emptyImage;
  #nextOffset = 0;
  #epoch = 0;

  /** A batch of records. */
  batch(records: readonly MetadataRecord[]): WrittenBatch {
    const delta = createDelta(this.#image);
    for (const [index, record] of records.entries()) {
      delta.replay(record, offset(this.#nextOffset + index), this.#epoch);
    }
    this.#image = delta.apply();
    return { delta, image: this.#image, change: this.#advance(records.length) };
  }

  /** A batch by which a leader of the next epoch begins. */
  leaderChange(leaderId: number): { readonly leaderId: number; readonly change: LogChange } {
    this.#epoch += 1;
    return { leaderId, change: this.#advance(1) };
  }

  /** Offset that the next record gets. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  get image(): MetadataImage {
    return this.#image;
  }

  #advance(count: number): LogChange {
    this.#nextOffset += count;
    return { zxid: this.#nextOffset, timestampMs: 1_700_000_000_000 + 1000 * this.#nextOffset, epoch: this.#epoch };
  }
}
