import type { EpochEndAnswer, EpochEndQuery } from './offset-query';
import type { Partition } from './partition';

/** Where `query.leaderEpoch` ends in this leader's log. */
export function epochEnd(partition: Partition, query: EpochEndQuery): EpochEndAnswer {
  const { topicPartition } = query;
  const error = partition.leaderError(query.currentLeaderEpoch);
  if (error !== undefined) {
    return { topicPartition, error, leaderEpoch: -1, endOffset: -1, currentLeader: partition.leader };
  }
  const { epoch, endOffset } = partition.log.endOffsetForEpoch(query.leaderEpoch);
  return { topicPartition, error: 'NONE', leaderEpoch: epoch, endOffset };
}
