import type { TopicPartition } from '@milena/model';

/** Key of a partition in a page token. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** Whether text is a key of a partition. */
export function isPartitionKey(text: string): boolean {
  return /\/\d{1,9}$/.test(text);
}

/** The partition that a key names. */
export function parsePartitionKey(key: string): TopicPartition {
  const slash = key.lastIndexOf('/');
  return { topic: key.slice(0, slash), partition: Number(key.slice(slash + 1)) };
}
