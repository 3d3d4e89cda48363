import type { MessageShape } from '@bufbuild/protobuf';
import {
  createPartitionsRpc,
  createTopicsRpc,
  deleteTopicsRpc,
  incrementalAlterConfigsRpc,
} from '@milena/cluster-protocol';
import type { ConfigChange, CreatedTopic } from '@milena/controller';
import { isInternalTopic } from '@milena/metadata';
import { failure, success, type Failure, type Result } from '@milena/model';
import { ConfigOperation, ReadConsistency, type ConfigAlteration, type TopicService } from '@milena/proto';
import type { AdminAnswer, AdminCall } from './admin-method';
import type { GatewayContext, MetadataChange } from './gateway-context';
import { invalidField } from './invalid-field';
import { parseTopicName, topicName } from './resource-name';
import { aboutTopic, findTopic, ofTopic, topicMessage, type TopicMessage } from './topic-message';

type Request<Name extends keyof typeof TopicService.method> = MessageShape<(typeof TopicService.method)[Name]['input']>;

/** Creates a topic. */
export async function createTopic(
  context: GatewayContext,
  { topic: wanted, assignments, validateOnly }: Request<'createTopic'>,
  call: AdminCall,
): AdminAnswer<typeof TopicService, 'createTopic'> {
  if (wanted === undefined) return invalidField('topic', 'must be set');
  const name = parseTopicName(wanted.name, 'topic.name');
  if (!name.ok) return name;
  if (isInternalTopic(name.value)) {
    return invalidField('topic.name', 'internal topics are created by brokers when they need them');
  }
  const metadata = context.metadata();
  if (!metadata.ok) return metadata;
  const isManual = assignments.length > 0;
  if (isManual && (wanted.partitionCount !== 0 || wanted.replicationFactor !== 0)) {
    return invalidField('assignments', 'go without topic.partition_count and topic.replication_factor');
  }
  if (wanted.partitionCount < 0) {
    return invalidField('topic.partition_count', 'must not be negative', 'INVALID_PARTITIONS');
  }
  if (wanted.replicationFactor < 0) {
    return invalidField('topic.replication_factor', 'must not be negative', 'INVALID_REPLICATION_FACTOR');
  }
  const orDefault = (count: number): number => (count === 0 ? -1 : count);
  const topic = {
    name: name.value,
    partitions: orDefault(wanted.partitionCount),
    replicationFactor: orDefault(wanted.replicationFactor),
    assignments: assignments.map(({ brokerIds }, partition) => ({ partition, brokerIds })),
    configs: Object.entries(wanted.configs).map(([key, value]) => ({ name: key, value })),
  };
  const answer = await context.change(createTopicsRpc, { topics: [topic], validateOnly }, call);
  const outcome = onlyOutcome(answer, name.value, ({ topics }) => topics[0]?.result);
  if (!outcome.ok) return withViolation(outcome.error, wanted);
  const { value: created, offset } = outcome.value;
  const message = createdMessage(context, name.value, created, wanted.configs);
  return success({ topic: message, ...offset });
}

/** The topic as the image shows it; as it was answered when it is only validated, or the image is late or already has another. */
function createdMessage(
  context: GatewayContext,
  name: string,
  { topicId, partitions, replicationFactor }: CreatedTopic,
  configs: Readonly<Record<string, string>>,
): TopicMessage {
  const metadata = context.metadata();
  const topic = metadata.ok ? metadata.value.image.topicByName(name) : undefined;
  if (metadata.ok && topic !== undefined && topic.id === topicId) return topicMessage(metadata.value.image, topic);
  return { name: topicName(name), uid: topicId ?? '', partitionCount: partitions, replicationFactor, configs };
}

/** Kafka's errors of a new topic say which field is to blame. */
function withViolation(failed: Failure, wanted: { readonly name: string }): { ok: false; error: Failure } {
  const field = FIELD_OF_ERROR[failed.code];
  const violations = field === undefined ? {} : { violations: [{ field, description: failed.message }] };
  return { ok: false, error: { about: { topic: wanted.name }, ...failed, ...violations } };
}

const FIELD_OF_ERROR: Readonly<Partial<Record<Failure['code'], string>>> = {
  INVALID_TOPIC_EXCEPTION: 'topic.name',
  INVALID_PARTITIONS: 'topic.partition_count',
  INVALID_REPLICATION_FACTOR: 'topic.replication_factor',
  INVALID_REPLICA_ASSIGNMENT: 'assignments',
  INVALID_CONFIG: 'topic.configs',
};

/** Deletes a topic. */
export async function deleteTopic(
  context: GatewayContext,
  { name, validateOnly }: Request<'deleteTopic'>,
  call: AdminCall,
): AdminAnswer<typeof TopicService, 'deleteTopic'> {
  const parsed = parseTopicName(name, 'name');
  if (!parsed.ok) return parsed;
  if (validateOnly) {
    const metadata = await context.read({ readConsistency: ReadConsistency.LINEARIZABLE }, call);
    if (!metadata.ok) return metadata;
    const found = findTopic(metadata.value.image, name, 'name');
    return found.ok ? success({}) : found;
  }
  const answer = await context.change(deleteTopicsRpc, { topics: [{ name: parsed.value }] }, call);
  const outcome = onlyOutcome(answer, parsed.value, ({ topics }) => topics[0]?.result);
  return outcome.ok ? success(outcome.value.offset) : outcome;
}

/** Adds partitions to a topic. */
export async function addPartitions(
  context: GatewayContext,
  { name, partitionCount: count, assignments, validateOnly }: Request<'addPartitions'>,
  call: AdminCall,
): AdminAnswer<typeof TopicService, 'addPartitions'> {
  const parsed = parseTopicName(name, 'name');
  if (!parsed.ok) return parsed;
  const metadata = context.metadata();
  if (!metadata.ok) return metadata;
  if (count < 1) return invalidField('partition_count', 'must be at least 1', 'INVALID_PARTITIONS');
  const brokerIds = assignments.map((assignment) => assignment.brokerIds);
  const wanted = { name: parsed.value, count, assignments: brokerIds.length === 0 ? undefined : brokerIds };
  const answer = await context.change(createPartitionsRpc, { topics: [wanted], validateOnly }, call);
  const outcome = onlyOutcome(answer, parsed.value, ({ topics }) => topics[0]?.result);
  if (!outcome.ok) return outcome;
  const topic = currentTopic(context, name);
  if (!topic.ok) return topic;
  return success({ topic: { ...topic.value, partitionCount: count }, ...outcome.value.offset });
}

function currentTopic(context: GatewayContext, name: string): Result<TopicMessage> {
  const metadata = context.metadata();
  if (!metadata.ok) return metadata;
  const { image } = metadata.value;
  const topic = findTopic(image, name, 'name');
  return topic.ok ? success(topicMessage(image, topic.value)) : topic;
}

/** Changes config keys of a topic. */
export async function updateTopicConfigs(
  context: GatewayContext,
  { name, alterations, validateOnly }: Request<'updateTopicConfigs'>,
  call: AdminCall,
): AdminAnswer<typeof TopicService, 'updateTopicConfigs'> {
  const parsed = parseTopicName(name, 'name');
  if (!parsed.ok) return parsed;
  const metadata = context.metadata();
  if (!metadata.ok) return metadata;
  if (alterations.length === 0) return invalidField('alterations', 'must not be empty');
  const changes: ConfigChange[] = [];
  for (const [index, alteration] of alterations.entries()) {
    const change = changeOf(alteration, `alterations[${index}]`);
    if (!change.ok) return change;
    changes.push(change.value);
  }
  const resource = { type: 'TOPIC' as const, name: parsed.value };
  const answer = await context.change(
    incrementalAlterConfigsRpc,
    { resources: [{ resource, changes }], validateOnly },
    call,
  );
  const outcome = onlyOutcome(answer, parsed.value, ({ resources }) => resources[0]?.result);
  if (!outcome.ok) return outcome;
  const topic = currentTopic(context, name);
  return topic.ok ? success({ configs: topic.value.configs ?? {}, ...outcome.value.offset }) : topic;
}

function changeOf({ key, operation, value }: ConfigAlteration, field: string): Result<ConfigChange> {
  if (key === '') return invalidField(`${field}.key`, 'must be set');
  const name = OPERATION_NAMES.get(operation);
  if (name === undefined) return invalidField(`${field}.operation`, 'must be SET, DELETE, APPEND or SUBTRACT');
  return success({ name: key, operation: name, value: name === 'DELETE' ? undefined : value });
}

const OPERATION_NAMES: ReadonlyMap<ConfigOperation, ConfigChange['operation']> = new Map([
  [ConfigOperation.SET, 'SET'],
  [ConfigOperation.DELETE, 'DELETE'],
  [ConfigOperation.APPEND, 'APPEND'],
  [ConfigOperation.SUBTRACT, 'SUBTRACT'],
]);

/** Outcome of the one topic that a change was about, with the offset at which it holds. */
function onlyOutcome<Response extends MetadataChange, T>(
  answer: Result<Response>,
  topic: string,
  resultIn: (response: Response) => Result<T> | undefined,
): Result<{ readonly value: T; readonly offset: { readonly metadataOffset?: bigint } }> {
  if (!answer.ok) return ofTopic(answer.error, topic);
  const result = resultIn(answer.value);
  if (result === undefined) {
    return failure('UNKNOWN_SERVER_ERROR', `the active controller did not answer for '${topic}'`, aboutTopic(topic));
  }
  if (!result.ok) return ofTopic(result.error, topic);
  const { metadataOffset } = answer.value;
  return success({ value: result.value, offset: metadataOffset < 0 ? {} : { metadataOffset: BigInt(metadataOffset) } });
}
