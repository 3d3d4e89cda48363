import { offset, topicPartitionName, type Offset, type TopicPartition } from '@milena/model';
import { MalformedInput } from '@milena/bytes';
import { formatCheckpoint, parseCheckpoint, parseCheckpointNumber } from './checkpoint-text';

/** One line of recovery-point-, log-start- or replication-offset-checkpoint. */
export interface CheckpointedOffset {
  readonly topicPartition: TopicPartition;
  readonly offset: Offset;
}

/** Text of an offset checkpoint: lines `topic partition offset`. */
export function formatOffsetCheckpoint(entries: readonly CheckpointedOffset[]): string {
  return formatCheckpoint(
    entries.map(({ topicPartition, offset: at }) => `${topicPartition.topic} ${topicPartition.partition} ${at}`),
  );
}

/** Offsets by `topic-partition`; MalformedInput when the text is damaged. */
export function parseOffsetCheckpoint(text: string): ReadonlyMap<string, Offset> {
  const offsets = new Map<string, Offset>();
  for (const line of parseCheckpoint(text)) {
    const [topic, partition, at, ...rest] = line.split(' ');
    if (topic === undefined || topic === '' || rest.length > 0) throw new MalformedInput(`checkpoint line ${line}`);
    const name = topicPartitionName({ topic, partition: parseCheckpointNumber(partition) });
    offsets.set(name, offset(parseCheckpointNumber(at)));
  }
  return offsets;
}
