import { isActiveBroker, type MetadataImage } from '@milena/metadata';
import { failure, success, type Failure, type Result } from '@milena/model';

/** Replicas of one partition as a caller chose them. */
export interface ReplicaAssignment {
  readonly partition: number;
  readonly brokerIds: readonly number[];
}

/** Replicas by partition index, or INVALID_REPLICA_ASSIGNMENT with what is wrong with them. */
export function checkManualAssignment(
  image: MetadataImage,
  assignments: readonly ReplicaAssignment[],
): Result<readonly (readonly number[])[]> {
  const byPartition = [...assignments].sort((left, right) => left.partition - right.partition);
  const factor = byPartition[0]?.brokerIds.length ?? 0;
  for (const [index, assignment] of byPartition.entries()) {
    if (assignment.partition !== index)
      return invalid('partitions must be numbered from 0 without a gap or repetition');
    const refusal = assignmentRefusal(image, assignment, factor);
    if (refusal !== undefined) return { ok: false, error: refusal };
  }
  return success(byPartition.map(({ brokerIds }) => brokerIds));
}

/** What is wrong with the replicas of one partition of a topic with that replication factor; undefined when nothing is. */
export function assignmentRefusal(
  image: MetadataImage,
  { partition, brokerIds }: ReplicaAssignment,
  factor: number,
): Failure | undefined {
  if (brokerIds.length !== factor && brokerIds.length > 0) {
    return invalid(`partition ${partition} has ${brokerIds.length} replicas, partition 0 has ${factor}`).error;
  }
  const refusal = namedBrokersRefusal(image, { partition, brokerIds });
  if (refusal !== undefined) return refusal;
  if (!brokerIds.some((id) => isActiveBroker(image.broker(id)))) {
    return invalid(`all brokers of partition ${partition} are fenced or shutting down`).error;
  }
  return undefined;
}

/** What is wrong with the brokers named for one partition, whatever they are doing now; undefined when nothing is. */
export function namedBrokersRefusal(
  image: MetadataImage,
  { partition, brokerIds }: ReplicaAssignment,
): Failure | undefined {
  if (brokerIds.length === 0) return invalid(`partition ${partition} has no replicas`).error;
  if (new Set(brokerIds).size < brokerIds.length) return invalid(`partition ${partition} names a broker twice`).error;
  const unknown = brokerIds.find((id) => image.broker(id) === undefined);
  if (unknown !== undefined) {
    return invalid(`partition ${partition} names broker ${unknown}, which is not registered`).error;
  }
  return undefined;
}

function invalid(why: string) {
  return failure('INVALID_REPLICA_ASSIGNMENT', why);
}
