import type { PartitionOutcomes } from '@milena/controller';
import type { Offset } from '@milena/model';
import type { AlterPartitionReassignmentsResponse } from '@milena/proto';
import { naturalFromWire, offsetOrNoneFromWire } from '../wire-values';
import { outcomeFromWire, outcomeToWire } from './wire-outcome';

/** The fields of an answer that tells of partitions one by one. */
export function partitionOutcomesToWire({ topics, metadataOffset }: PartitionOutcomes) {
  return {
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partition, result }) => ({ partitionIndex: partition, ...outcomeToWire(result) })),
    })),
    metadataOffset: BigInt(metadataOffset),
  };
}

/** What such fields tell. */
export function partitionOutcomesFromWire(
  message: Pick<AlterPartitionReassignmentsResponse, 'topics' | 'metadataOffset'>,
): PartitionOutcomes {
  return {
    topics: message.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((outcome) => ({
        partition: naturalFromWire(outcome.partitionIndex, 'partition'),
        result: outcomeFromWire(outcome, () => null),
      })),
    })),
    metadataOffset: offsetOrNoneFromWire(message.metadataOffset) as Offset,
  };
}
