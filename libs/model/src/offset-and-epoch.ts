import type { Offset } from './numbers';

/** An end offset together with the leader epoch of the record before it. Orders logs: epoch first, then offset. */
export interface OffsetAndEpoch {
  readonly offset: Offset;
  readonly epoch: number;
}

/** Negative, zero or positive as `left` is behind, equal to or ahead of `right` (Raft section 5.4.1). */
export function compareLogEnds(left: OffsetAndEpoch, right: OffsetAndEpoch): number {
  return left.epoch === right.epoch ? left.offset - right.offset : left.epoch - right.epoch;
}
