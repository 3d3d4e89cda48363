import type { MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { alterPartitionReassignmentsRpc, electLeadersRpc } from '@milena/cluster-protocol';
import type { ElectionType, PartitionOutcomes, PartitionReassignment } from '@milena/controller';
import type { PartitionState, TopicImage } from '@milena/metadata';
import { success, type Failure, type Result } from '@milena/model';
import { AdminElectionType, ReadConsistency, type PartitionFailureSchema, type TopicService } from '@milena/proto';
import type { AdminAnswer, AdminCall } from './admin-method';
import type { GatewayContext } from './gateway-context';
import { invalidField } from './invalid-field';
import { reassignmentMessage, type ReassignmentMessage } from './list-reassignments';
import { parseTopicName, partitionName } from './resource-name';
import { findTopic, ofTopic } from './topic-message';

type Request<Name extends keyof typeof TopicService.method> = MessageShape<(typeof TopicService.method)[Name]['input']>;

/** The topic id that stands for all topics (AIP-159). */
const ALL_TOPICS = '-';

/** Moves replicas of a topic. */
export async function reassignPartitions(
  context: GatewayContext,
  { name, placements, keepReplicationFactor, validateOnly }: Request<'reassignPartitions'>,
  call: AdminCall,
): AdminAnswer<typeof TopicService, 'reassignPartitions'> {
  if (placements.length === 0) return invalidField('placements', 'must not be empty');
  const partitions = placements.map(({ index, brokerIds }) => ({ partition: index, target: brokerIds }));
  const wanted = { partitions, allowReplicationFactorChange: !keepReplicationFactor, validateOnly };
  const outcome = await alter(context, name, wanted, call);
  if (!outcome.ok) return outcome;
  const { done, failures, offset } = outcome.value;
  const reassignments = validateOnly ? [] : underWay(context, done);
  return success({ reassignments, failures, ...offset });
}

/** Takes reassignments of a topic back. */
export async function cancelReassignments(
  context: GatewayContext,
  { name, partitionIndexes, validateOnly }: Request<'cancelReassignments'>,
  call: AdminCall,
): AdminAnswer<typeof TopicService, 'cancelReassignments'> {
  const metadata = await context.read({ readConsistency: ReadConsistency.LINEARIZABLE }, call);
  if (!metadata.ok) return metadata;
  const topic = findTopic(metadata.value.image, name, 'name');
  if (!topic.ok) return topic;
  const indexes = partitionIndexes.length === 0 ? movingIn(topic.value) : partitionIndexes;
  if (indexes.length === 0) return success({});
  const partitions = indexes.map((partition) => ({ partition, target: undefined }));
  const outcome = await alter(context, name, { partitions, allowReplicationFactorChange: true, validateOnly }, call);
  if (!outcome.ok) return outcome;
  const { done, failures, offset } = outcome.value;
  return success({ partitions: done.map(partitionName), failures, ...offset });
}

/** Elects leaders. */
export async function electLeaders(
  context: GatewayContext,
  { name, partitionIndexes, electionType: asked, validateOnly }: Request<'electLeaders'>,
  call: AdminCall,
): AdminAnswer<typeof TopicService, 'electLeaders'> {
  const parsed = parseTopicName(name, 'name');
  if (!parsed.ok) return parsed;
  const electionType = ELECTION_TYPES.get(asked);
  if (electionType === undefined) return invalidField('election_type', 'must be PREFERRED or UNCLEAN');
  const isAll = parsed.value === ALL_TOPICS;
  if (isAll && partitionIndexes.length > 0) return invalidField('partition_indexes', 'go with one topic');
  const topics = isAll ? undefined : await electionTopics(context, { name, partitionIndexes }, call);
  if (topics?.ok === false) return topics;
  const request = { electionType, topics: topics?.value, validateOnly };
  const answer = await context.change(electLeadersRpc, request, call);
  if (!answer.ok) return isAll ? answer : ofTopic(answer.error, parsed.value);
  // Of a whole topic only those are worth a word that needed an election.
  const isWorthAWord = ({ code }: Failure): boolean => partitionIndexes.length > 0 || code !== 'ELECTION_NOT_NEEDED';
  const outcome = outcomesOf(answer.value, isWorthAWord);
  if (!outcome.ok) return outcome;
  const { done, failures, offset } = outcome.value;
  return success({ partitions: done.map(partitionName), failures, ...offset });
}

const ELECTION_TYPES: ReadonlyMap<AdminElectionType, ElectionType> = new Map([
  [AdminElectionType.PREFERRED, 'PREFERRED'],
  [AdminElectionType.UNCLEAN, 'UNCLEAN'],
]);

async function electionTopics(
  context: GatewayContext,
  { name, partitionIndexes: indexes }: { readonly name: string; readonly partitionIndexes: readonly number[] },
  call: AdminCall,
) {
  const metadata = await context.read({ readConsistency: ReadConsistency.LINEARIZABLE }, call);
  if (!metadata.ok) return metadata;
  const topic = findTopic(metadata.value.image, name, 'name');
  if (!topic.ok) return topic;
  const partitions = indexes.length === 0 ? [...Array(topic.value.partitionCount).keys()] : indexes;
  return success([{ name: topic.value.name, partitions }]);
}

interface WantedAssignment {
  readonly partitions: readonly PartitionReassignment[];
  readonly allowReplicationFactorChange: boolean;
  readonly validateOnly: boolean;
}

async function alter(
  context: GatewayContext,
  name: string,
  { partitions, ...rest }: WantedAssignment,
  call: AdminCall,
): Promise<Result<Outcomes>> {
  const parsed = parseTopicName(name, 'name');
  if (!parsed.ok) return parsed;
  const request = { ...rest, topics: [{ name: parsed.value, partitions }] };
  const answer = await context.change(alterPartitionReassignmentsRpc, request, call);
  return answer.ok ? outcomesOf(answer.value) : ofTopic(answer.error, parsed.value);
}

/** What became of the partitions of a request. */
interface Outcomes {
  readonly done: readonly { readonly topic: string; readonly partition: number }[];
  readonly failures: MessageInitShape<typeof PartitionFailureSchema>[];
  readonly offset: { readonly metadataOffset?: bigint };
}

/** The outcomes; the first failure, when nothing went well and something failed. */
function outcomesOf(
  { topics, metadataOffset }: PartitionOutcomes,
  isWorthAWord: (error: Failure) => boolean = () => true,
): Result<Outcomes> {
  const all = topics.flatMap(({ name, partitions }) => partitions.map((outcome) => ({ topic: name, ...outcome })));
  const done = all.filter(({ result }) => result.ok);
  const failures: MessageInitShape<typeof PartitionFailureSchema>[] = [];
  for (const { topic, partition, result } of all) {
    if (result.ok || !isWorthAWord(result.error)) continue;
    if (done.length === 0) return aboutPartition(result.error, { topic, partition });
    const { code, message } = result.error;
    failures.push({ partition: partitionName({ topic, partition }), reason: code, message });
  }
  return success({ done, failures, offset: metadataOffset < 0 ? {} : { metadataOffset: BigInt(metadataOffset) } });
}

function aboutPartition(error: Failure, partition: { readonly topic: string; readonly partition: number }) {
  const about = { partition: partitionName(partition) };
  return ofTopic({ ...error, about: { ...about, ...error.about } }, partition.topic);
}

function movingIn(topic: TopicImage): readonly number[] {
  return [...topic.partitions()].flatMap((state, index) => (isMoving(state) ? [index] : []));
}

function isMoving({ addingReplicas, removingReplicas }: PartitionState): boolean {
  return addingReplicas.length > 0 || removingReplicas.length > 0;
}

/** Those of the partitions that are on the move, as this gateway's image has them. */
function underWay(context: GatewayContext, partitions: Outcomes['done']): ReassignmentMessage[] {
  const metadata = context.metadata();
  if (!metadata.ok) return [];
  const { image } = metadata.value;
  return partitions.flatMap(({ topic, partition }) => {
    const state = image.topicByName(topic)?.partition(partition);
    return state !== undefined && isMoving(state) ? [reassignmentMessage({ topic, partition }, state)] : [];
  });
}
