import { isActiveBroker, type MetadataImage } from '@milena/metadata';
import { failure, success, type Result } from '@milena/model';

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
  const invalid = (why: string) => failure('INVALID_REPLICA_ASSIGNMENT', why);
  const byPartition = [...assignments].sort((left, right) => left.partition - right.partition);
  const factor = byPartition[0]?.brokerIds.length ?? 0;
  for (const [index, { partition, brokerIds }] of byPartition.entries()) {
    if (partition !== index) return invalid('partitions must be numbered from 0 without a gap or repetition');
    if (brokerIds.length === 0) return invalid(`partition ${partition} has no replicas`);
    if (brokerIds.length !== factor) {
      return invalid(`partition ${partition} has ${brokerIds.length} replicas, partition 0 has ${factor}`);
    }
    if (new Set(brokerIds).size < brokerIds.length) return invalid(`partition ${partition} names a broker twice`);
    const unknown = brokerIds.find((id) => image.broker(id) === undefined);
    if (unknown !== undefined)
      return invalid(`partition ${partition} names broker ${unknown}, which is not registered`);
    if (!brokerIds.some((id) => isActiveBroker(image.broker(id)))) {
      return invalid(`all brokers of partition ${partition} are fenced or shutting down`);
    }
  }
  return success(byPartition.map(({ brokerIds }) => brokerIds));
}
