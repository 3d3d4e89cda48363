import { maxOffset, minOffset, type Offset } from '@milena/model';
import type { LogFlush } from './raft-effects';

/** How far the log is known to be on disk. A flush begun before a truncation says nothing about what was appended after. */
export class DurableEnd {
  private generation = 0;
  private truncating = false;
  /** Epoch of the last record that a flush was asked for. */
  private askedForEpoch: number | undefined;

  constructor(private end: Offset) {}

  get offset(): Offset {
    return this.end;
  }

  /**
   * Whether a truncation is not flushed yet. Nothing may be appended until it is: after a power cut the new records could
   * stand before segments that were removed, whose names came back.
   */
  get isTruncating(): boolean {
    return this.truncating;
  }

  /** The flush that makes everything before `endOffset` durable, whose last record is of `lastEpoch`. */
  flush(endOffset: Offset, lastEpoch: number): LogFlush {
    const isUrgent = lastEpoch !== this.askedForEpoch;
    this.askedForEpoch = lastEpoch;
    return { endOffset, generation: this.generation, isUrgent };
  }

  flushed({ endOffset, generation }: LogFlush): void {
    if (generation !== this.generation) return;
    this.end = maxOffset(this.end, endOffset);
    this.truncating = false;
  }

  /** The log was emptied, durably, to start at `end`. Flushes begun before say nothing about it. */
  restartAt(end: Offset): void {
    this.generation += 1;
    this.truncating = false;
    this.end = end;
  }

  truncatedTo(end: Offset): void {
    this.generation += 1;
    this.truncating = true;
    this.end = minOffset(this.end, end);
  }
}
