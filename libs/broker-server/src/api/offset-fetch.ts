import type { FetchedOffset, FetchedOffsets, FetchOffsetsResponse } from '@milena/coordinator';
import { offsetFetch, type RequestOf, type ResponseInputOf } from '@milena/kafka-protocol';
import type { MetadataImage } from '@milena/metadata';
import { errorCode, NO_EPOCH, ZERO_UUID, type ErrorName } from '@milena/model';
import type { ApiHandler } from './api-handler';
import type { BrokerContext } from '../broker-context';

type Request = RequestOf<typeof offsetFetch>;
type RequestedGroup = Pick<Request['groups'][number], 'groupId' | 'topics'>;
type RequestedTopic = NonNullable<RequestedGroup['topics']>[number];
type Response = ResponseInputOf<typeof offsetFetch>;
type GroupResponse = NonNullable<Response['groups']>[number];
type TopicResponse = GroupResponse['topics'][number];

/** First version with an error of the whole group; before, each partition carries it. */
const GROUP_ERROR_SINCE = 2;
/** First version with several groups. */
const BATCHES_SINCE = 8;
/** First version that names topics by id. */
const TOPIC_IDS_SINCE = 10;

/**
 * OffsetFetch: how far groups have read. Nothing committed is offset -1, and no error. There are no open transactions, so
 * every offset is stable.
 */
export const offsetFetchApi: ApiHandler<typeof offsetFetch> = {
  api: offsetFetch,
  async handle(request, { broker, apiVersion }) {
    if (apiVersion >= BATCHES_SINCE) {
      const groups = new Map(request.groups.map((group) => [group.groupId, group]));
      return {
        groups: await Promise.all([...groups.values()].map((group) => fetchGroup(group, broker, apiVersion))),
      };
    }
    const topics = request.topics?.map((topic) => ({ ...topic, topicId: ZERO_UUID })) ?? null;
    const fetched = await fetchGroup({ groupId: request.groupId, topics }, broker, apiVersion);
    if (apiVersion >= GROUP_ERROR_SINCE || fetched.errorCode === 0) return withNames(fetched);
    const failed = topics?.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((index) => nothingFetched(index, fetched.errorCode ?? 0)),
    }));
    return { topics: failed ?? [] };
  },
};

function withNames({ topics, errorCode: code = 0 }: GroupResponse): Response {
  return { topics: topics.map(({ name = '', partitions }) => ({ name, partitions })), errorCode: code };
}

async function fetchGroup(
  { groupId, topics }: RequestedGroup,
  broker: BrokerContext,
  version: number,
): Promise<GroupResponse> {
  const image = broker.image();
  const named = topics?.map((topic) => ({ topic, name: nameOf(topic, image, version) }));
  const wanted = named?.flatMap(({ topic, name }) =>
    name === undefined ? [] : [{ topic: name, partitions: topic.partitionIndexes }],
  );
  const fetched = await broker.groups.fetchOffsets({ groupId, ...(wanted === undefined ? {} : { topics: wanted }) });
  if (fetched.error !== 'NONE') return { groupId, topics: [], errorCode: errorCode(fetched.error) };
  const shown = named === undefined ? everything(fetched, image, version) : asAsked(named, fetched.topics);
  return { groupId, topics: shown, errorCode: 0 };
}

function nameOf({ name, topicId }: RequestedTopic, image: MetadataImage, version: number): string | undefined {
  return version >= TOPIC_IDS_SINCE ? image.topicById(topicId)?.name : name;
}

/** All a group has committed. Where topics go by id, those that are gone have none and are left out. */
function everything({ topics }: FetchOffsetsResponse, image: MetadataImage, version: number): readonly TopicResponse[] {
  return topics.flatMap(({ topic, partitions }): TopicResponse[] => {
    const topicId = image.topicByName(topic)?.id;
    if (version >= TOPIC_IDS_SINCE && topicId === undefined) return [];
    return [{ name: topic, topicId: topicId ?? ZERO_UUID, partitions: partitions.map(fetchedOffset) }];
  });
}

function asAsked(
  named: readonly { readonly topic: RequestedTopic; readonly name: string | undefined }[],
  fetched: readonly FetchedOffsets[],
): readonly TopicResponse[] {
  const byTopic = new Map(fetched.map(({ topic, partitions }) => [topic, partitions]));
  return named.map(({ topic: { name, topicId, partitionIndexes }, name: known }) => {
    if (known === undefined) {
      const code = errorCode('UNKNOWN_TOPIC_ID');
      return { name, topicId, partitions: partitionIndexes.map((index) => nothingFetched(index, code)) };
    }
    return { name, topicId, partitions: (byTopic.get(known) ?? []).map(fetchedOffset) };
  });
}

function fetchedOffset({ partition, offset, leaderEpoch, metadata, error }: FetchedOffset) {
  return {
    partitionIndex: partition,
    committedOffset: offset,
    committedLeaderEpoch: leaderEpoch,
    metadata,
    errorCode: errorCode(error satisfies ErrorName),
  };
}

function nothingFetched(partitionIndex: number, code: number) {
  return { partitionIndex, committedOffset: -1, committedLeaderEpoch: NO_EPOCH, metadata: '', errorCode: code };
}
