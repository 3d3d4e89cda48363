import type { MetadataImage, MetadataRecord, TopicImage } from '@milena/metadata';
import { failure, NO_OFFSET, success, type Offset, type Result, type Uuid } from '@milena/model';
import type { ControllerDefaults } from '../controller-defaults';
import type { Decision } from '../decision';

/** A topic by name or by id; exactly one is set. */
export interface TopicReference {
  readonly name?: string;
  readonly topicId?: Uuid;
}

/** DeleteTopics. */
export interface DeleteTopicsRequest {
  readonly principal: string;
  readonly topics: readonly TopicReference[];
  /** How long the caller waits. */
  readonly timeoutMs: number;
}

/** What became of one reference. Name and id are both filled in when the topic is known. */
export interface DeletedTopic extends TopicReference {
  readonly result: Result<null>;
}

/** Answer to DeleteTopics, in the order of the request. */
export interface DeleteTopicsResponse {
  readonly topics: readonly DeletedTopic[];
  /** Offset of the last record written for it, NO_OFFSET when there was none. */
  readonly metadataOffset: Offset;
}

/** Decides each topic on its own. */
export function deleteTopics(
  image: MetadataImage,
  { topics }: DeleteTopicsRequest,
  { defaults }: { readonly defaults: ControllerDefaults },
): Decision<DeleteTopicsResponse> {
  const records: MetadataRecord[] = [];
  const going = new Set<Uuid>();
  const outcomes = topics.map((reference): DeletedTopic => {
    const found = resolve(image, reference, defaults);
    if (!found.ok) return { ...reference, result: found };
    const { id, name } = found.value;
    if (going.has(id))
      return { name, topicId: id, result: failure('INVALID_REQUEST', `topic '${name}' is named twice`) };
    going.add(id);
    records.push({ type: 'RemoveTopicRecord', topicId: id });
    return { name, topicId: id, result: success(null) };
  });
  return { records, respond: (appended) => ({ topics: outcomes, metadataOffset: appended?.lastOffset ?? NO_OFFSET }) };
}

function resolve(
  image: MetadataImage,
  { name, topicId }: TopicReference,
  { deleteTopicEnable }: ControllerDefaults,
): Result<TopicImage> {
  if (!deleteTopicEnable) return failure('TOPIC_DELETION_DISABLED', 'topic deletion is disabled');
  if ((name === undefined) === (topicId === undefined)) {
    return failure('INVALID_REQUEST', 'a topic is named by its name or by its id, not both');
  }
  if (topicId !== undefined) {
    const topic = image.topicById(topicId);
    return topic ? success(topic) : failure('UNKNOWN_TOPIC_ID', `there is no topic with id ${topicId}`);
  }
  const topic = name === undefined ? undefined : image.topicByName(name);
  return topic ? success(topic) : failure('UNKNOWN_TOPIC_OR_PARTITION', `there is no topic '${name}'`);
}
