import { metadata, NO_AUTHORIZED_OPERATIONS, type RequestOf, type ResponseInputOf } from '@milena/kafka-protocol';
import { topicNameRefusal } from '@milena/controller';
import { isInternalTopic, type TopicImage } from '@milena/metadata';
import { errorCode, ZERO_UUID, type ErrorName, type Uuid } from '@milena/model';
import type { ApiHandler, RequestContext } from './api-handler';
import { CLUSTER_OPERATION_BITS, TOPIC_OPERATION_BITS } from './authorized-operations';
import { controllerForClients, liveEndpoints } from './client-endpoints';
import { PartitionViews } from './partition-view';

type MetadataRequest = RequestOf<typeof metadata>;
type RequestedTopic = NonNullable<MetadataRequest['topics']>[number];
type TopicResponse = ResponseInputOf<typeof metadata>['topics'][number];

/** First version in which a topic may be asked for by its id (KIP-516). */
const TOPIC_IDS_SINCE = 12;

/**
 * Metadata: brokers, and topics with their leaders. Null topics mean all, an empty list means none (all in version 0).
 * A topic that does not exist is created when client and broker allow it; the answer waits for it a moment.
 */
export const metadataApi: ApiHandler<typeof metadata> = {
  api: metadata,
  async handle(request, context) {
    const { broker, connection, apiVersion } = context;
    const asked = requestedTopics(request, apiVersion);
    if (asked !== null) await createMissing(request, asked, context);
    const image = broker.image();
    const views = new PartitionViews(image, connection.listenerName);
    const operations = request.includeTopicAuthorizedOperations ? TOPIC_OPERATION_BITS : NO_AUTHORIZED_OPERATIONS;
    const topics =
      asked === null ? allTopics(image.topics(), views) : asked.map((topic) => topicResponse(topic, views, apiVersion));
    const brokers = liveEndpoints(image, connection.listenerName);
    return {
      brokers,
      clusterId: broker.clusterId,
      controllerId: controllerForClients(brokers, broker.nodeId),
      topics: topics.map((topic) => ({ ...topic, topicAuthorizedOperations: operations })),
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
        ? CLUSTER_OPERATION_BITS
        : NO_AUTHORIZED_OPERATIONS,
    };
  },
};

function requestedTopics({ topics }: MetadataRequest, version: number): readonly RequestedTopic[] | null {
  return version === 0 && topics?.length === 0 ? null : topics;
}

async function createMissing(
  request: MetadataRequest,
  asked: readonly RequestedTopic[],
  { broker, connection, topicAutoCreation }: RequestContext,
): Promise<void> {
  if (!request.allowAutoTopicCreation || !broker.config.server.boolean('auto.create.topics.enable')) return;
  const image = broker.image();
  const missing = asked.flatMap(({ name }) => (name === null || image.topicByName(name) !== undefined ? [] : [name]));
  if (missing.length > 0) await topicAutoCreation.create(missing, connection.principal);
}

function allTopics(topics: Iterable<TopicImage>, views: PartitionViews): readonly TopicResponse[] {
  return [...topics].sort((left, right) => (left.name < right.name ? -1 : 1)).map((topic) => knownTopic(topic, views));
}

function topicResponse({ name, topicId }: RequestedTopic, views: PartitionViews, version: number): TopicResponse {
  if (name === null) {
    if (version < TOPIC_IDS_SINCE) return absentTopic('INVALID_REQUEST', '', topicId);
    const topic = views.image.topicById(topicId);
    return topic === undefined ? absentTopic('UNKNOWN_TOPIC_ID', null, topicId) : knownTopic(topic, views);
  }
  const topic = views.image.topicByName(name);
  if (topic !== undefined) return knownTopic(topic, views);
  const isAllowed = topicNameRefusal(name) === undefined;
  return absentTopic(isAllowed ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'INVALID_TOPIC_EXCEPTION', name, ZERO_UUID);
}

function knownTopic(topic: TopicImage, views: PartitionViews): TopicResponse {
  const { name, id } = topic;
  return { errorCode: 0, name, topicId: id, isInternal: isInternalTopic(name), partitions: views.all(topic) };
}

function absentTopic(error: ErrorName, name: string | null, topicId: Uuid): TopicResponse {
  return { errorCode: errorCode(error), name, topicId, partitions: [] };
}
