import { divergenceOf, type ReplicaFetchPartition, type ReplicaFetchResult } from '@milena/replication';
import type { Partition } from './partition';
import { readRecords, type ReadBudget } from './read-records';

const NO_RECORDS = Buffer.alloc(0);

/**
 * Judges a follower's position: undefined when it is a prefix of the leader's log, else what it is answered with. Only a
 * position that passes may be counted as an acknowledgement.
 */
export function followerObjection(
  partition: Partition,
  replicaId: number,
  fetch: ReplicaFetchPartition,
): ReplicaFetchResult | undefined {
  const error = partition.leaderError(fetch.currentLeaderEpoch);
  if (error !== undefined) return replicaResult(fetch, { error, currentLeader: partition.leader });
  // The follower knows of an assignment that this leader has not seen yet.
  if (partition.leaderState?.follower(replicaId) === undefined) {
    return replicaResult(fetch, { error: 'UNKNOWN_LEADER_EPOCH' });
  }
  const { logStartOffset, logEndOffset } = partition.log;
  const divergence = divergenceOf(partition.log, fetch);
  const isOutside =
    fetch.fetchOffset < logStartOffset || (divergence === undefined && fetch.fetchOffset > logEndOffset);
  if (isOutside || divergence === 'out-of-range') {
    return replicaResult(fetch, { error: 'OFFSET_OUT_OF_RANGE', logStartOffset, logEndOffset });
  }
  if (divergence === undefined) return undefined;
  const { highWatermark } = partition;
  return replicaResult(fetch, { highWatermark, logStartOffset, logEndOffset, divergingEpoch: divergence });
}

/** Reads for a follower whose position raised no objection. */
export function readForFollower(
  partition: Partition,
  fetch: ReplicaFetchPartition,
  budget: ReadBudget,
): ReplicaFetchResult {
  const { logStartOffset, logEndOffset } = partition.log;
  const range = { from: fetch.fetchOffset, upTo: logEndOffset, maxBytes: fetch.maxBytes };
  const read = readRecords(partition, range, budget);
  if (!read.ok) return replicaResult(fetch, { error: read.error.code, logStartOffset, logEndOffset });
  const { highWatermark } = partition;
  return replicaResult(fetch, { highWatermark, logStartOffset, logEndOffset, records: read.value });
}

/** A result with everything unknown but what is given. */
export function replicaResult(
  { topicId, partition }: Pick<ReplicaFetchPartition, 'topicId' | 'partition'>,
  facts: Partial<ReplicaFetchResult>,
): ReplicaFetchResult {
  return {
    topicId,
    partition,
    error: 'NONE',
    highWatermark: -1,
    logStartOffset: -1,
    logEndOffset: -1,
    records: NO_RECORDS,
    ...facts,
  };
}
