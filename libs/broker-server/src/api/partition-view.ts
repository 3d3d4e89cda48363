import type { MetadataImage, PartitionState, TopicImage } from '@milena/metadata';
import { errorCode, NO_NODE } from '@milena/model';
import { clientEndpoint } from './client-endpoints';

/** One partition in the form Metadata and DescribeTopicPartitions share. */
export interface PartitionView {
  readonly errorCode: number;
  readonly partitionIndex: number;
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly replicaNodes: readonly number[];
  readonly isrNodes: readonly number[];
  readonly offlineReplicas: readonly number[];
}

/**
 * Shows partitions as the clients of one listener see them: a replica is offline when its broker is fenced or has no
 * such listener, and a leader that is offline is an error.
 */
export class PartitionViews {
  readonly #isOnline = new Map<number, boolean>();

  constructor(
    readonly image: MetadataImage,
    readonly listenerName: string,
  ) {}

  /** All partitions of a topic in order. */
  all(topic: TopicImage): readonly PartitionView[] {
    return [...topic.partitions()].map((state, index) => this.one(state, index));
  }

  one(state: PartitionState, partitionIndex: number): PartitionView {
    const { leader, leaderEpoch, replicas, isr } = state;
    const hasLeader = leader !== NO_NODE && this.#online(leader);
    return {
      errorCode: hasLeader ? 0 : errorCode(this.#leaderError(leader)),
      partitionIndex,
      leaderId: hasLeader ? leader : NO_NODE,
      leaderEpoch,
      replicaNodes: replicas,
      isrNodes: isr,
      offlineReplicas: replicas.filter((id) => !this.#online(id)),
    };
  }

  #leaderError(leader: number): 'LEADER_NOT_AVAILABLE' | 'LISTENER_NOT_FOUND' {
    const broker = this.image.broker(leader);
    return broker === undefined || broker.fenced ? 'LEADER_NOT_AVAILABLE' : 'LISTENER_NOT_FOUND';
  }

  #online(id: number): boolean {
    const known = this.#isOnline.get(id);
    if (known !== undefined) return known;
    const broker = this.image.broker(id);
    const online = broker !== undefined && !broker.fenced && clientEndpoint(broker, this.listenerName) !== undefined;
    this.#isOnline.set(id, online);
    return online;
  }
}
