import type { PartitionOutcomes } from '@milena/controller';
import type { QuorumController } from '../quorum-controller';

/** Logs the partitions for which a request that was carried out did what it asked for, one line a topic. */
export function logPartitionOutcomes(
  controller: QuorumController,
  message: string,
  { topics }: PartitionOutcomes,
): void {
  for (const { name, partitions } of topics) {
    const done = partitions.filter(({ result }) => result.ok).map(({ partition }) => partition);
    if (done.length > 0) controller.options.platform.logger.info(message, { topic: name, partitions: done });
  }
}
