import { isInternalTopic, type MetadataImage, type MetadataRecord, type TopicImage } from '@milena/metadata';
import { failure, NO_OFFSET, success, type Offset, type Result } from '@milena/model';
import type { Decision } from '../decision';
import { isReassigning } from '../partitions/reassignment';
import { MAX_NEW_PARTITIONS } from './create-topics';
import { assignmentRefusal } from './manual-assignment';
import { newPartitionRecords } from './new-topic-records';
import { placementBrokers } from './placement-brokers';
import { placeReplicas } from './replica-placement';

/** A topic that is to get partitions. */
export interface PartitionsToCreate {
  readonly name: string;
  /** How many it has afterwards. */
  readonly count: number;
  /** Replicas of each partition that is added, the preferred leader first; undefined lets the controller place. */
  readonly assignments: readonly (readonly number[])[] | undefined;
}

/** CreatePartitions. */
export interface CreatePartitionsRequest {
  readonly principal: string;
  readonly topics: readonly PartitionsToCreate[];
  readonly validateOnly: boolean;
  /** How long the caller waits. */
  readonly timeoutMs: number;
}

/** Answer to CreatePartitions: one outcome per name, in the order of the request. */
export interface CreatePartitionsResponse {
  readonly topics: readonly { readonly name: string; readonly result: Result<null> }[];
  /** Offset of the last record written for it, NO_OFFSET when there was none. */
  readonly metadataOffset: Offset;
}

/** What the decision depends on besides image and request. */
export interface CreatePartitionsContext {
  /** A uniform integer in [0, bound). */
  draw(bound: number): number;
}

/** Decides each topic on its own; those that pass get their partitions together or, when validating, not at all (KIP-195). */
export function createPartitions(
  image: MetadataImage,
  { topics, validateOnly }: CreatePartitionsRequest,
  context: CreatePartitionsContext,
): Decision<CreatePartitionsResponse> {
  const named = new Map(topics.map((topic) => [topic.name, topic]));
  const repeated = new Set(topics.filter((topic) => named.get(topic.name) !== topic).map(({ name }) => name));
  const records: MetadataRecord[] = [];
  let left = MAX_NEW_PARTITIONS;
  const outcomes = [...named.values()].map((wanted) => {
    const added = repeated.has(wanted.name)
      ? failure('INVALID_REQUEST', `topic '${wanted.name}' is named twice`)
      : addedReplicas(image, wanted, left, context);
    if (!added.ok) return { name: wanted.name, result: added };
    left -= added.value.assignment.length;
    const { topic, assignment } = added.value;
    if (!validateOnly) records.push(...newPartitionRecords(image, topic.id, assignment, topic.partitionCount));
    return { name: wanted.name, result: success(null) };
  });
  return { records, respond: (appended) => ({ topics: outcomes, metadataOffset: appended?.lastOffset ?? NO_OFFSET }) };
}

interface AddedReplicas {
  readonly topic: TopicImage;
  readonly assignment: readonly (readonly number[])[];
}

function addedReplicas(
  image: MetadataImage,
  { name, count, assignments }: PartitionsToCreate,
  left: number,
  { draw }: CreatePartitionsContext,
): Result<AddedReplicas> {
  const topic = image.topicByName(name);
  if (topic === undefined) return failure('UNKNOWN_TOPIC_OR_PARTITION', `there is no topic '${name}'`);
  if (isInternalTopic(name)) {
    return failure('INVALID_TOPIC_EXCEPTION', `what topic '${name}' holds is placed by its number of partitions`);
  }
  const states = [...topic.partitions()];
  const moving = states.findIndex(isReassigning);
  if (moving >= 0) {
    return failure('REASSIGNMENT_IN_PROGRESS', `partition ${name}-${moving} is being reassigned`);
  }
  const current = topic.partitionCount;
  if (count <= current) {
    return failure(
      'INVALID_PARTITIONS',
      `topic '${name}' has ${current} partition(s); ${count} would not be an increase`,
    );
  }
  const added = count - current;
  if (added > left) {
    return failure('POLICY_VIOLATION', `more than ${MAX_NEW_PARTITIONS} new partitions in one request`);
  }
  const replicationFactor = topic.partition(0)?.replicas.length ?? 0;
  if (assignments !== undefined) {
    if (assignments.length !== added) {
      return invalid(`${added} partition(s) are added and ${assignments.length} assignment(s) given`);
    }
    const refusal = assignments
      .map((brokerIds, index) => assignmentRefusal(image, { partition: current + index, brokerIds }, replicationFactor))
      .find((each) => each !== undefined);
    return refusal === undefined ? success({ topic, assignment: assignments }) : { ok: false, error: refusal };
  }
  const brokers = placementBrokers(image, replicationFactor);
  if (!brokers.ok) return brokers;
  const placed = states.map(({ replicas }) => replicas);
  const assignment = placeReplicas({ partitions: added, replicationFactor, brokers: brokers.value, draw, placed });
  return success({ topic, assignment });
}

function invalid(message: string) {
  return failure('INVALID_REPLICA_ASSIGNMENT', message);
}
