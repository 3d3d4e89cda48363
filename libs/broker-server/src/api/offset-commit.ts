import type { OffsetsToCommit, OffsetToCommit } from '@milena/coordinator';
import { offsetCommit, type RequestOf, type ResponseInputOf } from '@milena/kafka-protocol';
import type { MetadataImage } from '@milena/metadata';
import { errorCode, type ErrorName } from '@milena/model';
import type { ApiHandler } from './api-handler';
import { outcomesByPartition } from './outcomes-by-partition';
import { requestedPartition } from './requested-topic';

type RequestedTopic = RequestOf<typeof offsetCommit>['topics'][number];
type TopicResponse = ResponseInputOf<typeof offsetCommit>['topics'][number];

/** First version whose clients understand that a group does not exist (KIP-848). */
const KNOWS_MISSING_GROUPS_SINCE = 9;
/** First version that names topics by id. */
const TOPIC_IDS_SINCE = 10;

/** OffsetCommit: offsets of partitions that exist go to the group's coordinator; the others are refused here. */
export const offsetCommitApi: ApiHandler<typeof offsetCommit> = {
  api: offsetCommit,
  async handle({ topics, ...request }, { broker, apiVersion }) {
    const image = broker.image();
    const asked = topics.map((topic) => sorted(topic, image, apiVersion));
    const known = asked.flatMap(({ known: commit }) => (commit.partitions.length === 0 ? [] : [commit]));
    const { groupInstanceId, retentionTimeMs } = request;
    const committed =
      known.length === 0
        ? []
        : (
            await broker.groups.commitOffsets({
              groupId: request.groupId,
              generationId: request.generationIdOrMemberEpoch,
              memberId: request.memberId,
              ...(groupInstanceId === null ? {} : { groupInstanceId }),
              ...(retentionTimeMs < 0 ? {} : { retentionTimeMs }),
              topics: known,
            })
          ).topics;
    const outcomeOf = outcomesByPartition(committed);
    return {
      topics: asked.map(({ topic, known: { topic: name }, refused }): TopicResponse => ({
        name: topic.name,
        topicId: topic.topicId,
        partitions: topic.partitions.map(({ partitionIndex }) => {
          const error = refused.get(partitionIndex) ?? outcomeOf(name, partitionIndex);
          return { partitionIndex, errorCode: errorCode(forVersion(error, apiVersion)) };
        }),
      })),
    };
  },
};

interface SortedTopic {
  readonly topic: RequestedTopic;
  readonly known: OffsetsToCommit;
  readonly refused: ReadonlyMap<number, ErrorName>;
}

/** Tells the partitions of a topic that exist from those that do not. */
function sorted(topic: RequestedTopic, image: MetadataImage, version: number): SortedTopic {
  const naming = version >= TOPIC_IDS_SINCE ? { topicId: topic.topicId } : { name: topic.name };
  const refused = new Map<number, ErrorName>();
  const partitions: OffsetToCommit[] = [];
  let { name } = topic;
  for (const partition of topic.partitions) {
    const found = requestedPartition(image, naming, partition.partitionIndex);
    if (!found.ok) {
      refused.set(partition.partitionIndex, found.error.code);
      continue;
    }
    name = found.value.name;
    partitions.push({
      partition: partition.partitionIndex,
      offset: partition.committedOffset,
      leaderEpoch: partition.committedLeaderEpoch,
      metadata: partition.committedMetadata ?? '',
    });
  }
  return { topic, known: { topic: name, partitions }, refused };
}

/** Members of earlier versions know a group that is gone as a generation that is over. */
function forVersion(error: ErrorName, version: number): ErrorName {
  return error === 'GROUP_ID_NOT_FOUND' && version < KNOWS_MISSING_GROUPS_SINCE ? 'ILLEGAL_GENERATION' : error;
}
