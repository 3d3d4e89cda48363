import type { ErrorName } from '@milena/model';
import { divergenceOf } from '@milena/replication';
import type { FetchEntry, FetchOutcome } from './fetch-request';
import type { Partition } from './partition';
import { readRecords, type ReadBudget } from './read-records';

const NO_RECORDS = Buffer.alloc(0);

/** Answers a client's fetch of one partition. */
export function readForClient(partition: Partition, entry: FetchEntry, budget: ReadBudget): FetchOutcome {
  const error = partition.leaderError(entry.currentLeaderEpoch);
  if (error !== undefined) return failedFetch(entry, error, partition);
  const divergence = divergenceOf(partition.log, entry);
  if (divergence === 'out-of-range') return failedFetch(entry, 'OFFSET_OUT_OF_RANGE', partition);
  const upTo = partition.readableEnd;
  const answer = fetchOutcome(partition, entry);
  if (divergence !== undefined) return { ...answer, divergingEpoch: divergence };
  const read = readRecords(partition, { from: entry.fetchOffset, upTo, maxBytes: entry.maxBytes }, budget);
  return read.ok ? { ...answer, records: read.value } : failedFetch(entry, read.error.code, partition);
}

function fetchOutcome(partition: Partition, { topicPartition, topicId }: FetchEntry): FetchOutcome {
  const highWatermark = partition.readableEnd;
  return {
    topicPartition,
    ...(topicId === undefined ? {} : { topicId }),
    error: 'NONE',
    highWatermark,
    lastStableOffset: highWatermark,
    logStartOffset: partition.log.logStartOffset,
    abortedTransactions: [],
    records: NO_RECORDS,
  };
}

/** The outcome of a fetch that failed. */
export function failedFetch(
  { topicPartition, topicId }: Pick<FetchEntry, 'topicPartition' | 'topicId'>,
  error: ErrorName,
  partition?: Partition,
): FetchOutcome {
  return {
    topicPartition,
    ...(topicId === undefined ? {} : { topicId }),
    error,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    abortedTransactions: [],
    records: NO_RECORDS,
    ...(partition === undefined ? {} : { currentLeader: partition.leader }),
  };
}
