import type { TopicPartition } from '@milena/model';

/** Key of a partition in a page token. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** The partition that a key names; only for keys that `partitionKey` made. */
export function parsePartitionKey(key: string): TopicPartition {
  const slash = key.lastIndexOf('/');
  return { topic: key.slice(0, slash), partition: Number(key.slice(slash + 1)) };
}
