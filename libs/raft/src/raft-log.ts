import type { Offset, OffsetAndEpoch } from '@milena/model';

/**
 * The log as the state machine sees it: synchronous page-cache calls. What `append` wrote may be lost by a crash until a
 * flush that began after it has ended. Whole record batches only. An implementation that fails throws, and the process ends.
 */
export interface RaftLog {
  /** First offset kept; 0 unless a snapshot replaced older records. */
  startOffset(): Offset;
  /** Offset the next record gets. */
  endOffset(): Offset;
  /** Epoch of the last record; of the snapshot at the start of an otherwise empty log; 0 when there was never one. */
  lastEpoch(): number;
  /**
   * The largest epoch at or below `epoch` that the log holds, with its end offset (where the next epoch starts, or the
   * log end offset). Below every epoch held: `epoch` itself with the log start offset.
   */
  endOffsetForEpoch(epoch: number): OffsetAndEpoch;
  /** Whole batches from the one that holds `from`, at least one when there is one, then while they fit in `maxBytes`. */
  read(from: Offset, maxBytes: number): Buffer;
  /** Appends batches whose bytes are final; the first one's base offset is `endOffset()`. */
  append(batches: Uint8Array): void;
  /** Drops everything at and after `end`, which is a batch border. */
  truncateTo(end: Offset): void;
}
