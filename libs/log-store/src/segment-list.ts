import { invariant, type Offset } from '@milena/model';
import type { LogSegment } from './log-segment';

/** The segments of a log by base offset, ascending; the last one is active. Never empty once the log is open. */
export class SegmentList {
  #segments: LogSegment[] = [];

  get all(): readonly LogSegment[] {
    return this.#segments;
  }

  get first(): LogSegment {
    return this.#at(0);
  }

  get active(): LogSegment {
    return this.#at(this.#segments.length - 1);
  }

  get sizeInBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.size, 0);
  }

  /** Whether a segment is in the log and not the active one. */
  isClosed(segment: LogSegment): boolean {
    return this.#segments.includes(segment) && segment !== this.active;
  }

  push(segment: LogSegment): void {
    const last = this.#segments.at(-1);
    invariant(last === undefined || last.baseOffset < segment.baseOffset, 'segments rise', {
      last: last?.baseOffset,
      next: segment.baseOffset,
    });
    this.#segments.push(segment);
  }

  /** The segments from the one that may hold `at` on; all of them when `at` lies before the first. */
  from(at: Offset): readonly LogSegment[] {
    return this.#segments.slice(Math.max(0, this.#floorIndex(at)));
  }

  /** Takes out the segments whose base offset is above `at`. */
  takeAbove(at: Offset): readonly LogSegment[] {
    return this.#segments.splice(this.#floorIndex(at) + 1);
  }

  /** Takes out the first `count` segments. */
  takeFirst(count: number): readonly LogSegment[] {
    return this.#segments.splice(0, count);
  }

  takeAll(): readonly LogSegment[] {
    return this.#segments.splice(0);
  }

  /** Where the segment at `index` ends: the base of the next, or `logEndOffset`. */
  endOf(index: number, logEndOffset: Offset): Offset {
    return this.#segments[index + 1]?.baseOffset ?? logEndOffset;
  }

  /** Index of the last segment with a base offset of at most `at`; -1 when there is none. */
  #floorIndex(at: Offset): number {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#at(middle).baseOffset <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #at(index: number): LogSegment {
    const segment = this.#segments[index];
    invariant(segment !== undefined, 'a log has at least one segment', { index });
    return segment;
  }
}
