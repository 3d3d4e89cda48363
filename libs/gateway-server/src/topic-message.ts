import type { MessageInitShape } from '@bufbuild/protobuf';
import { isInternalTopic, type MetadataImage, type TopicImage } from '@milena/metadata';
import { failure, success, type Failure, type Result } from '@milena/model';
import type { TopicSchema } from '@milena/proto';
import { parseTopicName, topicName } from './resource-name';

/** A topic as the API shows it. */
export type TopicMessage = MessageInitShape<typeof TopicSchema>;

/** A topic of an image as the API shows it. */
export function topicMessage(image: MetadataImage, topic: TopicImage): TopicMessage {
  const { id, name, partitionCount } = topic;
  return {
    name: topicName(name),
    uid: id,
    partitionCount,
    replicationFactor: topic.partition(0)?.replicas.length ?? 0,
    configs: Object.fromEntries(image.config({ type: 'TOPIC', name })),
    internal: isInternalTopic(name),
  };
}

/** The topic that `field` of a request names. */
export function findTopic(image: MetadataImage, name: string, field: string): Result<TopicImage> {
  const parsed = parseTopicName(name, field);
  if (!parsed.ok) return parsed;
  const topic = image.topicByName(parsed.value);
  if (topic !== undefined) return success(topic);
  return failure('UNKNOWN_TOPIC_OR_PARTITION', `no topic '${parsed.value}'`, aboutTopic(parsed.value));
}

/** What a failure that concerns a topic is about. */
export function aboutTopic(topic: string): { readonly about: Readonly<Record<string, string>> } {
  return { about: { topic: topicName(topic) } };
}

/** A failure with the topic it concerns. */
export function ofTopic(failed: Failure, topic: string): { readonly ok: false; readonly error: Failure } {
  return { ok: false, error: { ...failed, about: { ...aboutTopic(topic).about, ...failed.about } } };
}
