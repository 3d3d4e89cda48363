import type { Offset, OffsetAndEpoch } from '@milena/model';
import type { VoterSet } from './voter-set';

/**
 * The log as the state machine sees it: synchronous page-cache calls. What `append` wrote may be lost by a crash until a
 * flush that began after it has ended. Whole record batches only. An implementation that fails throws, and the process ends.
 */
export interface RaftLog {
  /** First offset kept; 0, or the end offset of the oldest snapshot once older records were cleaned away. */
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

  /**
   * The newest snapshot, named by its end offset (exclusive) and that record's epoch. Snapshots are complete, durable,
   * of committed records only, and none ends before the log start. The bootstrap checkpoint 0-0 is none of them.
   */
  latestSnapshot(): OffsetAndEpoch | undefined;
  /** The oldest snapshot; it ends at the log start when that is above 0. */
  oldestSnapshot(): OffsetAndEpoch | undefined;
  /** Size in bytes; undefined when there is no such snapshot (any more). */
  snapshotSize(id: OffsetAndEpoch): number | undefined;
  /** At least one byte from `position` on, at most `maxBytes`; for a snapshot and a position that exist. */
  readSnapshot(id: OffsetAndEpoch, position: number, maxBytes: number): Buffer;
  /** The voter set written in the snapshot; undefined when it has none (kraft.version 0). */
  snapshotVoters(id: OffsetAndEpoch): VoterSet | undefined;

  /** Begins to receive a snapshot into a file that counts for nothing yet, in place of one begun before. */
  beginSnapshot(id: OffsetAndEpoch): void;
  /** Appends to the file begun last. Page-cache writes: what makes them durable is the effect `installSnapshot`. */
  appendSnapshot(bytes: Uint8Array): void;
  /** Drops the file begun last. */
  abandonSnapshot(): void;
}
