import { timestampMs, type ErrorName, type Offset, type Result } from '@milena/model';
import type { TimestampedOffset } from '@milena/log-store';
import type { OffsetAnswer, OffsetQuery } from './offset-query';
import type { Partition } from './partition';
import { onDisk } from './on-disk';

const NOT_FOUND = { error: 'NONE', timestamp: -1, offset: -1, leaderEpoch: -1 } as const;

/** Answers a question of ListOffsets. */
export function listOffset(partition: Partition, query: OffsetQuery): OffsetAnswer {
  const { topicPartition } = query;
  const failed = (error: ErrorName): OffsetAnswer => ({
    ...NOT_FOUND,
    topicPartition,
    error,
    currentLeader: partition.leader,
  });
  const state = partition.leaderState;
  const error = partition.leaderError(query.currentLeaderEpoch);
  if (error !== undefined) return failed(error);
  const end = partition.readableEnd;
  if (query.spec === 'earliest') {
    return { ...NOT_FOUND, topicPartition, ...positionOf(partition, partition.log.logStartOffset) };
  }
  // Until this leader has committed up to where its epoch began, it may know less than clients were told before it.
  if (state === undefined || end < state.epochStartOffset) return failed('OFFSET_NOT_AVAILABLE');
  if (query.spec === 'latest') return { ...NOT_FOUND, topicPartition, ...positionOf(partition, end) };
  const found = findByTime(partition, query.spec);
  if (!found.ok) return failed(found.error.code);
  if (found.value === undefined || found.value.offset >= end) return { ...NOT_FOUND, topicPartition };
  return { topicPartition, error: 'NONE', ...found.value };
}

function findByTime(partition: Partition, spec: 'max-timestamp' | number): Result<TimestampedOffset | undefined> {
  const { log } = partition;
  return onDisk(() =>
    spec === 'max-timestamp' ? log.offsetOfMaxTimestamp() : log.offsetForTimestamp(timestampMs(spec)),
  );
}

function positionOf(partition: Partition, offset: Offset): { offset: Offset; leaderEpoch: number } {
  return { offset, leaderEpoch: partition.log.epochAt(offset) };
}
