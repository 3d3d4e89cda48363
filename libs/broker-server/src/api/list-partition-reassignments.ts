import { listPartitionReassignments, type RequestOf, type ResponseInputOf } from '@milena/kafka-protocol';
import type { MetadataImage, TopicImage } from '@milena/metadata';
import type { ApiHandler } from './api-handler';

type ListRequest = RequestOf<typeof listPartitionReassignments>;
type TopicResponse = ResponseInputOf<typeof listPartitionReassignments>['topics'][number];

/**
 * ListPartitionReassignments, from this broker's own image. Partitions at rest are left out, and so is what does not
 * exist, as Kafka does: a reassignment that is over cannot be told from one that never was.
 */
export const listPartitionReassignmentsApi: ApiHandler<typeof listPartitionReassignments> = {
  api: listPartitionReassignments,
  handle({ topics }, { broker }) {
    return { throttleTimeMs: 0, errorCode: 0, errorMessage: null, topics: moving(broker.image(), topics) };
  },
};

function moving(image: MetadataImage, asked: ListRequest['topics']): TopicResponse[] {
  const found =
    asked === null
      ? [...image.topics()].map((topic) => topicResponse(topic, indexesOf(topic)))
      : asked.map(({ name, partitionIndexes }) => topicResponse(image.topicByName(name), partitionIndexes));
  return found.filter(({ partitions }) => partitions.length > 0);
}

function indexesOf({ partitionCount }: TopicImage): Iterable<number> {
  return Array(partitionCount).keys();
}

function topicResponse(topic: TopicImage | undefined, indexes: Iterable<number>): TopicResponse {
  const partitions = [...new Set(indexes)].flatMap((partitionIndex) => {
    const state = topic?.partition(partitionIndex);
    if (state === undefined) return [];
    const { replicas, addingReplicas, removingReplicas } = state;
    if (addingReplicas.length === 0 && removingReplicas.length === 0) return [];
    return [{ partitionIndex, replicas, addingReplicas, removingReplicas }];
  });
  return { name: topic?.name ?? '', partitions };
}
