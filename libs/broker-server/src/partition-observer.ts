import type { Partition } from './partition';

/**
 * Who follows what becomes of the replicas of this broker. Called inside the operation that caused it, after the partition's
 * own state is complete; the observer must not come back into the partition before it returns.
 */
export interface PartitionObserver {
  /** The partition is here now, or its leader or leader epoch changed. */
  roleChanged(partition: Partition): void;
  /** The high watermark moved. */
  committed(partition: Partition): void;
  /** The broker has no replica of it any more. */
  removed(partition: Partition): void;
}
