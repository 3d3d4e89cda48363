import { maxOffset, minOffset, type Offset } from '@milena/model';
import type { LogFlush } from './raft-effects';

/** How far the log is known to be on disk. A flush begun before a truncation says nothing about what was appended after. */
export class DurableEnd {
  private generation = 0;

  constructor(private end: Offset) {}

  get offset(): Offset {
    return this.end;
  }

  /** The flush that makes everything before `endOffset` durable. */
  flush(endOffset: Offset): LogFlush {
    return { endOffset, generation: this.generation };
  }

  flushed({ endOffset, generation }: LogFlush): void {
    if (generation === this.generation) this.end = maxOffset(this.end, endOffset);
  }

  truncatedTo(end: Offset): void {
    this.generation += 1;
    this.end = minOffset(this.end, end);
  }
}
