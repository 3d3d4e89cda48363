import { NO_EPOCH, offset, type ErrorName } from '@milena/model';
import type { Partition } from './partition';
import type { DeletedRecords, RecordDeletion } from './record-deletion';

/**
 * Carries out a RecordDeletion where this broker leads. Followers learn of the new start of the log with their next fetch.
 * OFFSET_OUT_OF_RANGE for an offset above the high watermark: what is not committed is nobody's to delete.
 */
export function deleteRecords(partition: Partition, { topicPartition, before }: RecordDeletion): DeletedRecords {
  const failed = (error: ErrorName): DeletedRecords => ({ topicPartition, error, lowWatermark: -1 });
  const error = partition.leaderError(NO_EPOCH);
  if (error !== undefined) return failed(error);
  const { highWatermark } = partition;
  const to = before === 'high-watermark' ? highWatermark : before;
  if (to < 0 || to > highWatermark) return failed('OFFSET_OUT_OF_RANGE');
  const deleted = partition.deleteRecordsBefore(offset(to));
  return deleted.ok ? { topicPartition, error: 'NONE', lowWatermark: deleted.value } : failed(deleted.error.code);
}
