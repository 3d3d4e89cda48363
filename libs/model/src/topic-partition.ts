/** A partition of a topic by name. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Name and only partition of the metadata log (KIP-595). */
export const METADATA_PARTITION: TopicPartition = { topic: '__cluster_metadata', partition: 0 };

/** Kafka's text form `topic-partition`: the folder name of a partition and a key for maps. */
export function topicPartitionName({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

/** Parses `topic-partition`; undefined when the text is no such name. */
export function parseTopicPartition(text: string): TopicPartition | undefined {
  const match = /^(.+)-(\d{1,9})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { topic: match[1], partition: Number(match[2]) };
}
