import type { Offset } from '@milena/model';

/** Appends told apart before they are lumped together. */
const STEPS_MAX = 1024;

/**
 * Sizes of what was appended but is not yet committed, so that a moving high watermark can say how many bytes became
 * readable without looking into the log.
 */
export class UncommittedBytes {
  #steps: { endOffset: Offset; bytes: number }[] = [];

  appended(endOffset: Offset, bytes: number): void {
    const last = this.#steps.at(-1);
    if (last !== undefined && this.#steps.length >= STEPS_MAX) {
      last.endOffset = endOffset;
      last.bytes += bytes;
    } else {
      this.#steps.push({ endOffset, bytes });
    }
  }

  /** Bytes below `offset` that were not yet reported. */
  committed(offset: Offset): number {
    let bytes = 0;
    let count = 0;
    for (const step of this.#steps) {
      if (step.endOffset > offset) break;
      bytes += step.bytes;
      count += 1;
    }
    if (count > 0) this.#steps.splice(0, count);
    return bytes;
  }

  clear(): void {
    this.#steps = [];
  }
}
