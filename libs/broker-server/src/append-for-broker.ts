import type { LogAppend } from '@milena/log-store';
import { failure, type Result } from '@milena/model';
import type { Clock } from '@milena/platform';
import { appendValidated } from './append-to-partitions';
import type { Partition } from './partition';

/** What the broker itself writes to a partition it leads. */
export interface BrokerAppend {
  /** The epoch in which the broker decided what to write; in another one it must not be written. */
  readonly leaderEpoch: number;
  readonly batches: Buffer;
}

/**
 * Appends what the broker itself has to say. When that is committed the partition's high watermark tells. Failures: this
 * broker does not lead in that epoch, NOT_ENOUGH_REPLICAS, and those of the log.
 */
export function appendForBroker(
  partition: Partition,
  { leaderEpoch, batches }: BrokerAppend,
  clock: Clock,
): Result<LogAppend> {
  const error = partition.leaderError(leaderEpoch);
  const state = partition.leaderState;
  if (error !== undefined || state === undefined) return failure(error ?? 'NOT_LEADER_OR_FOLLOWER', 'not the leader');
  if (!state.hasEnoughInSync) {
    const message = `${state.isr.length} replicas are in sync, the topic asks for ${state.effectiveMinIsr}`;
    return failure('NOT_ENOUGH_REPLICAS', message);
  }
  return appendValidated(partition, batches, clock);
}
