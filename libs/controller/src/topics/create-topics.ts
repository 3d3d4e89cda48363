import { type MetadataImage, type MetadataRecord } from '@milena/metadata';
import { failure, NO_OFFSET, success, type Failure, type Offset, type Result, type Uuid } from '@milena/model';
import type { ControllerDefaults } from '../controller-defaults';
import type { Decision } from '../decision';
import { checkManualAssignment, type ReplicaAssignment } from './manual-assignment';
import { newTopicRecords } from './new-topic-records';
import { placementBrokers } from './placement-brokers';
import { placeReplicas } from './replica-placement';
import { TakenNames } from './taken-names';
import { topicNameRefusal } from './topic-name';

/** A topic to create. */
export interface CreatableTopic {
  readonly name: string;
  /** -1: the cluster's default, or as the assignments say. */
  readonly partitions: number;
  /** -1: the cluster's default, or as the assignments say. */
  readonly replicationFactor: number;
  /** Chosen by the caller; empty lets the controller place. */
  readonly assignments: readonly ReplicaAssignment[];
  /** Topic configuration; an undefined value is Kafka's null, which creation does not accept. */
  readonly configs: readonly { readonly name: string; readonly value: string | undefined }[];
}

/** CreateTopics. */
export interface CreateTopicsRequest {
  readonly principal: string;
  readonly topics: readonly CreatableTopic[];
  readonly validateOnly: boolean;
  /** How long the caller waits. */
  readonly timeoutMs: number;
}

/** One line of a topic's effective configuration. */
export interface TopicConfigLine {
  readonly name: string;
  readonly value: string | undefined;
  readonly readOnly: boolean;
  /** Kafka's number of where the value comes from: 1 topic, 3 all brokers, 4 static broker configuration, 5 default. */
  readonly source: number;
  readonly sensitive: boolean;
}

/** A topic as it was created, or would be. */
export interface CreatedTopic {
  /** Undefined when the request only validated. */
  readonly topicId: Uuid | undefined;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly configs: readonly TopicConfigLine[];
}

/** Answer to CreateTopics: one outcome per name, in the order of the request. */
export interface CreateTopicsResponse {
  readonly topics: readonly { readonly name: string; readonly result: Result<CreatedTopic> }[];
  /** Offset of the last record written for it, NO_OFFSET when there was none. */
  readonly metadataOffset: Offset;
}

/** What is known of topic configuration. */
export interface TopicConfigRules {
  /** Why these entries cannot be a topic's configuration, or undefined when they can. */
  refusal(entries: ReadonlyMap<string, string>): Failure | undefined;
  /** The effective configuration of a topic with these entries. */
  effective(entries: ReadonlyMap<string, string>): readonly TopicConfigLine[];
}

/** What creation depends on besides image and request. */
export interface CreateTopicsContext {
  readonly defaults: ControllerDefaults;
  readonly topicConfigs: TopicConfigRules;
  /** A uniform integer in [0, bound). */
  draw(bound: number): number;
  newTopicId(): Uuid;
}

/** Most partitions one request may create (Kafka's MAX_PARTITIONS_PER_BATCH). */
export const MAX_NEW_PARTITIONS = 10_000;

/** What one topic will be, once it has passed all checks. */
interface TopicPlan {
  readonly assignment: readonly (readonly number[])[];
  readonly configs: ReadonlyMap<string, string>;
}

/** Decides each topic on its own; those that pass are created together or, when validating, not at all. */
export function createTopics(
  image: MetadataImage,
  request: CreateTopicsRequest,
  context: CreateTopicsContext,
): Decision<CreateTopicsResponse> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { name } of request.topics) (seen.has(name) ? repeated : seen).add(name);
  const excess = excessRefusal(request, context.defaults);
  const taken = new TakenNames(image);
  const records: MetadataRecord[] = [];
  const topics = [...new Map(request.topics.map((topic) => [topic.name, topic])).values()].map((topic) => {
    const plan = repeated.has(topic.name)
      ? failure('INVALID_REQUEST', `topic ${topic.name} is named twice`)
      : planTopic(image, topic, excess, taken, context);
    if (!plan.ok) return { name: topic.name, result: plan };
    taken.take(topic.name);
    const topicId = request.validateOnly ? undefined : context.newTopicId();
    if (topicId !== undefined) records.push(...newTopicRecords(image, { topicId, name: topic.name, ...plan.value }));
    return { name: topic.name, result: success(created(topicId, plan.value, context)) };
  });
  return { records, respond: (appended) => ({ topics, metadataOffset: appended?.lastOffset ?? NO_OFFSET }) };
}

function created(
  topicId: Uuid | undefined,
  { assignment, configs }: TopicPlan,
  context: CreateTopicsContext,
): CreatedTopic {
  return {
    topicId,
    partitions: assignment.length,
    replicationFactor: assignment[0]?.length ?? 0,
    configs: context.topicConfigs.effective(configs),
  };
}

/** Kafka refuses the whole request: one atomic batch must stay of a size that can be replicated. */
function excessRefusal({ topics }: CreateTopicsRequest, defaults: ControllerDefaults): Failure | undefined {
  const count = (topic: CreatableTopic) =>
    topic.assignments.length > 0
      ? topic.assignments.length
      : topic.partitions === -1
        ? defaults.partitions
        : Math.max(0, topic.partitions);
  const total = topics.reduce((sum, topic) => sum + count(topic), 0);
  if (total <= MAX_NEW_PARTITIONS) return undefined;
  return refuse('POLICY_VIOLATION', `${total} new partitions in one request are more than ${MAX_NEW_PARTITIONS}`);
}

function planTopic(
  image: MetadataImage,
  topic: CreatableTopic,
  excess: Failure | undefined,
  taken: TakenNames,
  context: CreateTopicsContext,
): Result<TopicPlan> {
  const refusal = topicNameRefusal(topic.name) ?? takenRefusal(topic.name, taken) ?? excess;
  if (refusal !== undefined) return { ok: false, error: refusal };
  const assignment = topic.assignments.length > 0 ? assigned(image, topic) : placed(image, topic, context);
  if (!assignment.ok) return assignment;
  const withoutValue = topic.configs.filter(({ value }) => value === undefined).map(({ name }) => name);
  if (withoutValue.length > 0) {
    return failure('INVALID_CONFIG', `null is not a value for topic configs: ${withoutValue.join(', ')}`);
  }
  const configs = new Map(topic.configs.map(({ name, value }) => [name, value ?? '']));
  const badConfig = context.topicConfigs.refusal(configs);
  if (badConfig !== undefined) return { ok: false, error: badConfig };
  return success({ assignment: assignment.value, configs });
}

function takenRefusal(name: string, taken: TakenNames): Failure | undefined {
  const other = taken.collidingWith(name);
  if (other === undefined) return undefined;
  return other === name
    ? refuse('TOPIC_ALREADY_EXISTS', `topic '${name}' already exists`)
    : refuse('INVALID_TOPIC_EXCEPTION', `topic '${name}' collides with existing topic '${other}'`);
}

function assigned(image: MetadataImage, topic: CreatableTopic): Result<readonly (readonly number[])[]> {
  if (topic.partitions !== -1 || topic.replicationFactor !== -1) {
    return failure('INVALID_REQUEST', 'with assignments, partitions and replication factor must be -1');
  }
  return checkManualAssignment(image, topic.assignments);
}

function placed(
  image: MetadataImage,
  topic: CreatableTopic,
  { defaults, draw }: CreateTopicsContext,
): Result<readonly (readonly number[])[]> {
  const partitions = topic.partitions === -1 ? defaults.partitions : topic.partitions;
  const replicationFactor = topic.replicationFactor === -1 ? defaults.replicationFactor : topic.replicationFactor;
  if (partitions < 1) return failure('INVALID_PARTITIONS', `${partitions} is not a number of partitions`);
  if (replicationFactor < 1) {
    return failure('INVALID_REPLICATION_FACTOR', `${replicationFactor} is not a replication factor`);
  }
  const brokers = placementBrokers(image, replicationFactor);
  if (!brokers.ok) return brokers;
  return success(placeReplicas({ partitions, replicationFactor, brokers: brokers.value, draw }));
}

function refuse(code: Failure['code'], message: string): Failure {
  return failure(code, message).error;
}
