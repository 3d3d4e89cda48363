import type { ReplicaLogState } from '@milena/cluster-protocol';
import type { TopicPartition } from '@milena/model';
import type { HostedPartitions } from '../hosted-partitions';
import type { Partition } from '../partition';

/** The logs of the replicas on this broker, for administrators. */
export interface ReplicaLogs {
  /** By topic and partition, behind `after`; at most `limit`. */
  list(after: TopicPartition | undefined, limit: number): readonly ReplicaLogState[];
  /** Undefined when there is no such replica here. */
  find(topicPartition: TopicPartition): ReplicaLogState | undefined;
}

/** What the replicas of a broker say of their logs. */
export function createReplicaLogs(hosted: HostedPartitions): ReplicaLogs {
  return {
    list(after, limit) {
      const found = [...hosted.all()].filter(
        ({ topicPartition }) => after === undefined || compare(topicPartition, after) > 0,
      );
      found.sort((left, right) => compare(left.topicPartition, right.topicPartition));
      return found.slice(0, limit).map(stateOf);
    },
    find(topicPartition) {
      const lookup = hosted.find(topicPartition, undefined);
      return lookup.found ? stateOf(lookup.partition) : undefined;
    },
  };
}

function stateOf({ topicPartition, log, highWatermark, leaderState }: Partition): ReplicaLogState {
  const { logStartOffset, logEndOffset, sizeInBytes } = log;
  const isLeader = leaderState !== undefined;
  return { topicPartition, logStartOffset, logEndOffset, highWatermark, sizeInBytes, isLeader };
}

/** The order of lists: by topic, then by partition. */
export function compare(left: TopicPartition, right: TopicPartition): number {
  if (left.topic !== right.topic) return left.topic < right.topic ? -1 : 1;
  return left.partition - right.partition;
}
