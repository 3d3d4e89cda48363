import { invariant, offset, ZERO_OFFSET, type Offset, type OffsetAndEpoch } from '@milena/model';
import type { RaftLog } from '../raft-log';
import { decodeTextBatches, encodeTextBatch, nextOffset, type TextBatch } from './text-batches';

/** A log in memory whose unflushed part a crash loses. */
export class MemoryRaftLog implements RaftLog {
  private batches: readonly TextBatch[] = [];
  private durable: readonly TextBatch[] = [];

  /** `start` is the log start offset of a log whose beginning a snapshot replaced. */
  constructor(private readonly start: Offset = ZERO_OFFSET) {}

  get contents(): readonly TextBatch[] {
    return this.batches;
  }

  get durableContents(): readonly TextBatch[] {
    return this.durable;
  }

  /** Begins a flush; what it returns completes it. */
  beginFlush(): () => void {
    const { batches } = this;
    return () => {
      this.durable = batches;
    };
  }

  crash(): void {
    this.batches = this.durable;
  }

  startOffset(): Offset {
    return this.start;
  }

  endOffset(): Offset {
    const last = this.batches.at(-1);
    return last === undefined ? this.start : nextOffset(last);
  }

  lastEpoch(): number {
    return this.batches.at(-1)?.epoch ?? 0;
  }

  endOffsetForEpoch(epoch: number): OffsetAndEpoch {
    const last = this.batches.findLast((batch) => batch.epoch <= epoch);
    return last === undefined ? { epoch, offset: this.start } : { epoch: last.epoch, offset: nextOffset(last) };
  }

  read(from: Offset, maxBytes: number): Buffer {
    const chosen: Buffer[] = [];
    let size = 0;
    for (const batch of this.batches) {
      if (nextOffset(batch) <= from) continue;
      const bytes = encodeTextBatch(batch);
      if (chosen.length > 0 && size + bytes.length > maxBytes) break;
      chosen.push(bytes);
      size += bytes.length;
    }
    return Buffer.concat(chosen);
  }

  append(bytes: Uint8Array): void {
    for (const batch of decodeTextBatches(bytes)) {
      invariant(offset(batch.baseOffset) === this.endOffset(), 'batches follow each other', { batch });
      this.batches = [...this.batches, batch];
    }
  }

  truncateTo(end: Offset): void {
    this.batches = this.batches.filter((batch) => nextOffset(batch) <= end);
    invariant(this.endOffset() === end, 'truncation is at a batch border', { end });
  }
}
