import type { ErrorName, TopicPartition } from '@milena/model';

/** Asks that records below an offset are no longer there (DeleteRecords). */
export interface RecordDeletion {
  readonly topicPartition: TopicPartition;
  /** First offset that stays, never above the high watermark. */
  readonly before: number | 'high-watermark';
}

/** What became of a RecordDeletion. */
export interface DeletedRecords {
  readonly topicPartition: TopicPartition;
  readonly error: ErrorName;
  /** First offset the leader has now; -1 on error. */
  readonly lowWatermark: number;
}
