import type { MessageInitShape } from '@bufbuild/protobuf';
import type { MetadataImage, PartitionState, TopicImage } from '@milena/metadata';
import { success, type Result, type TopicPartition } from '@milena/model';
import type { ReassignmentSchema } from '@milena/proto';
import type { AdminCall } from './admin-method';
import type { GatewayContext } from './gateway-context';
import { pageOf, requestedPage, type PageFields } from './paging';
import { isPartitionKey, parsePartitionKey, partitionKey } from './partition-key';
import type { ReadFields } from './read-metadata';
import { partitionName } from './resource-name';
import { findTopic } from './topic-message';

/** A reassignment as the API shows it. */
export type ReassignmentMessage = MessageInitShape<typeof ReassignmentSchema>;

/** Resource name that stands for all topics (AIP-159). */
const ALL_TOPICS = 'topics/-';

/** Lists the partitions of a topic, or of all, that are on the move: by topic and index. */
export async function listReassignments(
  context: GatewayContext,
  { parent, ...fields }: PageFields & ReadFields & { readonly parent: string },
  call: AdminCall,
): Promise<Result<{ reassignments: ReassignmentMessage[]; nextPageToken: string }>> {
  const metadata = await context.read(fields, call);
  if (!metadata.ok) return metadata;
  const topics = topicsOf(metadata.value.image, parent);
  if (!topics.ok) return topics;
  const page = requestedPage(fields, `${parent}/reassignments`, isPartitionKey);
  if (!page.ok) return page;
  const { after } = page.value;
  const behind = moving(topics.value, after === undefined ? undefined : parsePartitionKey(after));
  const { items, nextPageToken } = pageOf(behind, page.value, ({ topicPartition }) => partitionKey(topicPartition));
  return success({
    reassignments: items.map(({ topicPartition, state }) => reassignmentMessage(topicPartition, state)),
    nextPageToken,
  });
}

function topicsOf(image: MetadataImage, parent: string): Result<readonly TopicImage[]> {
  if (parent === ALL_TOPICS) {
    return success([...image.topics()].sort((left, right) => (left.name < right.name ? -1 : 1)));
  }
  const topic = findTopic(image, parent, 'parent');
  return topic.ok ? success([topic.value]) : topic;
}

interface MovingPartition {
  readonly topicPartition: TopicPartition;
  readonly state: PartitionState;
}

function* moving(topics: readonly TopicImage[], after: TopicPartition | undefined): Iterable<MovingPartition> {
  for (const topic of topics) {
    if (after !== undefined && topic.name < after.topic) continue;
    let partition = 0;
    for (const state of topic.partitions()) {
      const topicPartition = { topic: topic.name, partition: partition++ };
      if (after?.topic === topic.name && topicPartition.partition <= after.partition) continue;
      if (state.addingReplicas.length > 0 || state.removingReplicas.length > 0) yield { topicPartition, state };
    }
  }
}

/** A partition on the move as the API shows it. */
export function reassignmentMessage(topicPartition: TopicPartition, state: PartitionState): ReassignmentMessage {
  return {
    partition: partitionName(topicPartition),
    replicaIds: [...state.replicas],
    addingReplicaIds: [...state.addingReplicas],
    removingReplicaIds: [...state.removingReplicas],
    isrIds: [...state.isr],
  };
}
