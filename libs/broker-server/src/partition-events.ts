import type { IsrProposal } from '@milena/replication';
import type { Partition } from './partition';

/** What a partition tells the broker. Called inside the operation that caused it, after the partition's own state is complete. */
export interface PartitionEvents {
  /** The leader's log grew by `bytes`: followers may fetch them. */
  onAppended(partition: Partition, bytes: number): void;
  /** The high watermark moved: clients may read about `bytes` more. */
  onReadable(partition: Partition, bytes: number): void;
  /** The high watermark moved, on a leader or a follower. */
  onCommitted(partition: Partition): void;
  /** Leader, leader epoch or existence changed: whoever waits for this partition must look again. */
  onRoleChanged(partition: Partition): void;
  /** This broker has no replica of it any more. */
  onRemoved(partition: Partition): void;
  /** The leader wants another ISR. */
  onProposal(partition: Partition, proposal: IsrProposal): void;
  /** The disk failed a write or sync of the log; the partition is offline until the broker restarts. */
  onFailed(partition: Partition, error: unknown): void;
}
