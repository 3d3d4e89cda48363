import { listOffsets, type RequestOf, type ResponseInputOf } from '@milena/kafka-protocol';
import type { MetadataImage } from '@milena/metadata';
import { errorCode, failure, success, type Failure, type Result } from '@milena/model';
import type { OffsetAnswer, OffsetQuery, OffsetSpec } from '../offset-query';
import type { ApiHandler } from './api-handler';
import { requestedPartition } from './requested-topic';

type ListOffsetsRequest = RequestOf<typeof listOffsets>;
type Topic = ListOffsetsRequest['topics'][number];
type Partition = Topic['partitions'][number];
type PartitionResponse = ResponseInputOf<typeof listOffsets>['topics'][number]['partitions'][number];

/**
 * Timestamps below zero ask for a place in the log, each from some version on. Nothing is kept in tiered storage here:
 * the earliest local offset is the earliest one, and there is no tiered offset to name.
 */
const SPECIAL_TIMESTAMPS: ReadonlyMap<number, { readonly since: number; readonly spec: OffsetSpec | 'none' }> = new Map(
  [
    [-1, { since: 1, spec: 'latest' }],
    [-2, { since: 1, spec: 'earliest' }],
    [-3, { since: 7, spec: 'max-timestamp' }],
    [-4, { since: 8, spec: 'earliest' }],
    [-5, { since: 9, spec: 'none' }],
    [-6, { since: 11, spec: 'none' }],
  ],
);

/** First version whose clients know OFFSET_NOT_AVAILABLE (KIP-207); earlier ones try again after LEADER_NOT_AVAILABLE. */
const OFFSET_NOT_AVAILABLE_SINCE = 5;

/** ListOffsets: the first offset at or after a timestamp, or one of the special places. */
export const listOffsetsApi: ApiHandler<typeof listOffsets> = {
  api: listOffsets,
  handle(request, { broker, apiVersion }) {
    const image = broker.image();
    const isolation = request.isolationLevel === 1 ? 'committed' : 'uncommitted';
    const questions = request.topics.flatMap((topic) =>
      topic.partitions.map((partition) => question(topic, partition, image, apiVersion, isolation)),
    );
    const answers = broker.replicaManager.listOffsets(questions.flatMap((asked) => (asked.ok ? [asked.value] : [])));
    let nextQuestion = 0;
    let nextAnswer = 0;
    const topics = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, timestamp }): PartitionResponse => {
        const asked = questions[nextQuestion++];
        if (asked?.ok !== true) return refused(partitionIndex, asked?.error);
        return answered(partitionIndex, timestamp, answers[nextAnswer++], apiVersion);
      }),
    }));
    return { topics };
  },
};

function question(
  topic: Topic,
  partition: Partition,
  image: MetadataImage,
  version: number,
  isolation: OffsetQuery['isolation'],
): Result<OffsetQuery> {
  const { partitionIndex, timestamp, currentLeaderEpoch } = partition;
  const special = SPECIAL_TIMESTAMPS.get(timestamp);
  if (timestamp < 0 && (special === undefined || version < special.since)) {
    return failure('UNSUPPORTED_VERSION', `timestamp ${timestamp} is not known in version ${version}`);
  }
  const found = requestedPartition(image, { name: topic.name }, partitionIndex);
  if (!found.ok) return found;
  // Asked all the same where there is nothing to name, so that leader and epoch are checked.
  const spec = special === undefined ? timestamp : special.spec === 'none' ? 'latest' : special.spec;
  return success({
    topicPartition: { topic: found.value.name, partition: partitionIndex },
    topicId: found.value.id,
    spec,
    currentLeaderEpoch,
    isolation,
  });
}

function refused(partitionIndex: number, error: Failure | undefined): PartitionResponse {
  return { partitionIndex, errorCode: errorCode(error?.code ?? 'UNKNOWN_SERVER_ERROR') };
}

function answered(
  partitionIndex: number,
  asked: number,
  answer: OffsetAnswer | undefined,
  version: number,
): PartitionResponse {
  if (answer === undefined) return refused(partitionIndex, undefined);
  if (answer.error === 'NONE' && SPECIAL_TIMESTAMPS.get(asked)?.spec === 'none')
    return { partitionIndex, errorCode: 0 };
  const { timestamp, offset, leaderEpoch } = answer;
  const isUnknown = answer.error === 'OFFSET_NOT_AVAILABLE' && version < OFFSET_NOT_AVAILABLE_SINCE;
  const error = isUnknown ? 'LEADER_NOT_AVAILABLE' : answer.error;
  return { partitionIndex, errorCode: errorCode(error), timestamp, offset, leaderEpoch };
}
