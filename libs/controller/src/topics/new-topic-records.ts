import { isActiveBroker, type MetadataImage, type MetadataRecord } from '@milena/metadata';
import { NO_NODE, type Uuid } from '@milena/model';
import { defaultDirectory } from '../brokers/broker-directories';

/** A topic that passed all checks. */
export interface NewTopic {
  readonly topicId: Uuid;
  readonly name: string;
  /** Replicas by partition index. */
  readonly assignment: readonly (readonly number[])[];
  readonly configs: ReadonlyMap<string, string>;
}

/** Records of a new topic: the topic, its configuration, its partitions, each led by its first active replica. */
export function newTopicRecords(
  image: MetadataImage,
  { topicId, name, assignment, configs }: NewTopic,
): readonly MetadataRecord[] {
  const settings = [...configs].map(([key, value]): MetadataRecord => ({
    type: 'ConfigRecord',
    resourceType: 'TOPIC',
    resourceName: name,
    name: key,
    value,
  }));
  return [{ type: 'TopicRecord', name, topicId }, ...settings, ...newPartitionRecords(image, topicId, assignment, 0)];
}

/** Records of new partitions, numbered from `first` on. */
export function newPartitionRecords(
  image: MetadataImage,
  topicId: Uuid,
  assignment: readonly (readonly number[])[],
  first: number,
): readonly MetadataRecord[] {
  return assignment.map((replicas, index): MetadataRecord => {
    const isr = replicas.filter((id) => isActiveBroker(image.broker(id)));
    return {
      type: 'PartitionRecord',
      topicId,
      partitionId: first + index,
      replicas,
      isr,
      addingReplicas: [],
      removingReplicas: [],
      leader: isr[0] ?? NO_NODE,
      leaderEpoch: 0,
      partitionEpoch: 0,
      leaderRecoveryState: 'RECOVERED',
      directories: replicas.map((id) => defaultDirectory(image.broker(id))),
    };
  });
}
