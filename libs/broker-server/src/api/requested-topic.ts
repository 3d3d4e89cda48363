import type { MetadataImage, TopicImage } from '@milena/metadata';
import { failure, success, type Result, type Uuid } from '@milena/model';

/** A topic as a request names it: by id in versions that carry ids (KIP-516), else by name. */
export type TopicNaming = { readonly name: string } | { readonly topicId: Uuid };

/**
 * The topic a request means, checked to have the partition. UNKNOWN_TOPIC_ID or UNKNOWN_TOPIC_OR_PARTITION when this
 * broker's image has none; both are retriable, because the image may be behind.
 */
export function requestedPartition(image: MetadataImage, naming: TopicNaming, partition: number): Result<TopicImage> {
  const topic = 'name' in naming ? image.topicByName(naming.name) : image.topicById(naming.topicId);
  if (topic === undefined) return unknownTopic(naming);
  if (topic.partition(partition) !== undefined) return success(topic);
  return failure('UNKNOWN_TOPIC_OR_PARTITION', `topic '${topic.name}' has no partition ${partition}`);
}

function unknownTopic(naming: TopicNaming): Result<never> {
  return 'name' in naming
    ? failure('UNKNOWN_TOPIC_OR_PARTITION', `there is no topic '${naming.name}'`)
    : failure('UNKNOWN_TOPIC_ID', `no topic has the id ${naming.topicId}`);
}
