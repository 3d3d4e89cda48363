import { describeTopicPartitions, type RequestOf, type ResponseInputOf } from '@milena/kafka-protocol';
import { topicNameRefusal } from '@milena/controller';
import { isInternalTopic, type MetadataImage } from '@milena/metadata';
import { errorCode, ZERO_UUID, type ErrorName } from '@milena/model';
import type { ApiHandler } from './api-handler';
import { TOPIC_OPERATION_BITS } from './authorized-operations';
import { PartitionViews } from './partition-view';

type DescribeRequest = RequestOf<typeof describeTopicPartitions>;
type DescribeResponse = ResponseInputOf<typeof describeTopicPartitions>;
type TopicResponse = DescribeResponse['topics'][number];
type Cursor = NonNullable<DescribeRequest['cursor']>;

/** Most partitions in one page, whatever the client asks for (Kafka's `max.request.partition.size.limit`). */
const PAGE_PARTITIONS_MAX = 2_000;

/**
 * DescribeTopicPartitions: topics in order of name, page by page. A page ends after so many partitions, with a cursor
 * from which the next one goes on; a topic that was deleted meanwhile is passed over.
 */
export const describeTopicPartitionsApi: ApiHandler<typeof describeTopicPartitions> = {
  api: describeTopicPartitions,
  handle(request, { broker, connection }) {
    const { cursor, topics } = request;
    if (cursor !== null && cursor.partitionIndex < 0) {
      return { throttleTimeMs: 0, topics: topics.map(({ name }) => absentTopic('INVALID_REQUEST', name)) };
    }
    const image = broker.image();
    const limit = Math.max(1, Math.min(PAGE_PARTITIONS_MAX, request.responsePartitionLimit));
    return page(namesFrom(request, image), new PartitionViews(image, connection.listenerName), cursor, limit);
  },
};

/** The names asked for, or all, sorted, each once, from the cursor on. */
function namesFrom({ topics, cursor }: DescribeRequest, image: MetadataImage): readonly string[] {
  const names = topics.length === 0 ? [...image.topics()].map(({ name }) => name) : topics.map(({ name }) => name);
  const sorted = [...new Set(names)].sort();
  return cursor === null ? sorted : sorted.filter((name) => name >= cursor.topicName);
}

function page(names: readonly string[], views: PartitionViews, cursor: Cursor | null, limit: number): DescribeResponse {
  const topics: TopicResponse[] = [];
  let left = limit;
  for (const name of names) {
    const first = cursor?.topicName === name ? cursor.partitionIndex : 0;
    if (left === 0) return { throttleTimeMs: 0, topics, nextCursor: { topicName: name, partitionIndex: first } };
    const topic = views.image.topicByName(name);
    if (topic === undefined) {
      const isAllowed = topicNameRefusal(name) === undefined;
      topics.push(absentTopic(isAllowed ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'INVALID_TOPIC_EXCEPTION', name));
      continue;
    }
    const end = Math.min(topic.partitionCount, first + left);
    const partitions = [];
    for (let index = first; index < end; index++) {
      const state = topic.partition(index);
      if (state === undefined) continue;
      partitions.push({
        ...views.one(state, index),
        eligibleLeaderReplicas: state.elr,
        lastKnownElr: state.lastKnownElr,
      });
    }
    topics.push({
      errorCode: 0,
      name,
      topicId: topic.id,
      isInternal: isInternalTopic(name),
      partitions,
      topicAuthorizedOperations: TOPIC_OPERATION_BITS,
    });
    left -= partitions.length;
    if (end < topic.partitionCount)
      return { throttleTimeMs: 0, topics, nextCursor: { topicName: name, partitionIndex: end } };
  }
  return { throttleTimeMs: 0, topics };
}

function absentTopic(error: ErrorName, name: string): TopicResponse {
  return { errorCode: errorCode(error), name, topicId: ZERO_UUID, partitions: [] };
}
