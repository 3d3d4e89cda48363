import type { ErrorName, TopicPartition, Uuid } from '@milena/model';
import type { AppendOutcome, CurrentLeader } from './append-request';

/** The outcome of an entry that failed. */
export function failedAppend(
  entry: { readonly topicPartition: TopicPartition; readonly topicId?: Uuid },
  error: ErrorName,
  facts: { readonly message?: string; readonly currentLeader?: CurrentLeader } = {},
): AppendOutcome {
  const { topicPartition, topicId } = entry;
  return {
    topicPartition,
    ...(topicId === undefined ? {} : { topicId }),
    error,
    baseOffset: -1,
    appendTimestamp: -1,
    logStartOffset: -1,
    ...facts,
  };
}
