import { MalformedInput } from '@milena/bytes';
import type { TopicPartition } from '@milena/model';
import type { WirePartitionKey } from '@milena/proto';
import { naturalFromWire } from '../wire-values';

/** A partition by the name of its topic, as message fields. */
export function partitionToWire({ topic, partition }: TopicPartition): { topic: string; partition: number } {
  return { topic, partition };
}

/** A partition that must be there. */
export function partitionFromWire(key: WirePartitionKey | undefined): TopicPartition {
  if (key === undefined) throw new MalformedInput('no partition');
  return { topic: key.topic, partition: naturalFromWire(key.partition, 'partition') };
}

/** Where a list goes on; unset at its beginning. */
export function afterToWire(after: TopicPartition | undefined): { after?: { topic: string; partition: number } } {
  return after === undefined ? {} : { after: partitionToWire(after) };
}

/** Where a list goes on; unset at its beginning. */
export function afterFromWire(key: WirePartitionKey | undefined): { after?: TopicPartition } {
  return key === undefined ? {} : { after: partitionFromWire(key) };
}
