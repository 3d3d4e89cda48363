import { topicPartitionName, type ErrorName, type TopicPartition, type Uuid } from '@milena/model';
import type { MetadataImage } from '@milena/metadata';
import type { CurrentLeader } from './append-request';
import type { Partition } from './partition';

/** A partition found, or why not. */
export type PartitionLookup =
  | { readonly found: true; readonly partition: Partition }
  | { readonly found: false; readonly error: ErrorName; readonly currentLeader?: CurrentLeader };

/** The partitions this broker has a replica of. */
export class HostedPartitions {
  readonly #byName = new Map<string, Partition>();
  readonly #byTopicId = new Map<Uuid, Map<number, Partition>>();

  constructor(private readonly image: () => MetadataImage) {}

  get size(): number {
    return this.#byName.size;
  }

  /** All of them, in the order in which they came. */
  all(): Iterable<Partition> {
    return this.#byName.values();
  }

  add(partition: Partition): void {
    const { topicPartition, topicId } = partition;
    this.#byName.set(topicPartitionName(topicPartition), partition);
    const siblings = this.#byTopicId.get(topicId) ?? new Map<number, Partition>();
    this.#byTopicId.set(topicId, siblings.set(topicPartition.partition, partition));
  }

  remove(partition: Partition): void {
    const { topicPartition, topicId } = partition;
    const name = topicPartitionName(topicPartition);
    if (this.#byName.get(name) === partition) this.#byName.delete(name);
    const siblings = this.#byTopicId.get(topicId);
    siblings?.delete(topicPartition.partition);
    if (siblings?.size === 0) this.#byTopicId.delete(topicId);
  }

  byId(topicId: Uuid, index: number): Partition | undefined {
    return this.#byTopicId.get(topicId)?.get(index);
  }

  /** All partitions of a topic that are here. */
  ofTopic(topicId: Uuid): Iterable<Partition> {
    return this.#byTopicId.get(topicId)?.values() ?? [];
  }

  /** The partition a client names. One that is elsewhere is answered with who leads it. */
  find(topicPartition: TopicPartition, topicId: Uuid | undefined): PartitionLookup {
    const partition = this.#byName.get(topicPartitionName(topicPartition));
    if (partition !== undefined && (topicId === undefined || topicId === partition.topicId)) {
      return { found: true, partition };
    }
    const topic = this.image().topicByName(topicPartition.topic);
    if (topic !== undefined && topicId !== undefined && topic.id !== topicId) {
      return { found: false, error: 'UNKNOWN_TOPIC_ID' };
    }
    const state = topic?.partition(topicPartition.partition);
    if (state === undefined) return { found: false, error: 'UNKNOWN_TOPIC_OR_PARTITION' };
    const currentLeader = { leaderId: state.leader, leaderEpoch: state.leaderEpoch };
    return { found: false, error: 'NOT_LEADER_OR_FOLLOWER', currentLeader };
  }
}
