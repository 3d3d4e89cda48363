import type { Offset } from '@milena/model';
import type { BatchHeader } from '@milena/record-batch';

/** Where a log that is being checked ends so far. */
export interface CheckedEnd {
  readonly offset: Offset;
  /** Epoch of its last batch; -1 before the first. */
  readonly epoch: number;
}

/**
 * What the owner of a log knows of it that no batch says of itself: a batch's CRC covers neither base offset nor leader
 * epoch. With rules leader-epoch-checkpoint, which has no checksum, is not read either: the epochs are those of the batches.
 */
export interface RecoveryRules {
  /** Whether an intact batch can follow what was read; false makes it the first invalid one. */
  accepts(batch: BatchHeader, before: CheckedEnd): boolean;
  /** Told before anything behind `end` is removed, first of all in the segment at `path`; throws to have every batch kept. */
  beforeCut(end: Offset, path: string): void;
}
