import type { TopicOutcomes } from '@milena/coordinator';
import type { ErrorName } from '@milena/model';

/** Looks up what became of a partition; UNKNOWN_SERVER_ERROR for one nothing was said of. */
export function outcomesByPartition(topics: readonly TopicOutcomes[]): (topic: string, partition: number) => ErrorName {
  const errors = new Map<string, Map<number, ErrorName>>();
  for (const { topic, partitions } of topics) {
    const known = errors.get(topic) ?? new Map<number, ErrorName>();
    for (const { partition, error } of partitions) known.set(partition, error);
    errors.set(topic, known);
  }
  return (topic, partition) => errors.get(topic)?.get(partition) ?? 'UNKNOWN_SERVER_ERROR';
}
