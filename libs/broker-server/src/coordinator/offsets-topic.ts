import { createTopicsRpc } from '@milena/cluster-protocol';
import { groupPartition } from '@milena/coordinator';
import { isActiveBroker, type MetadataImage } from '@milena/metadata';
import { failure, NO_NODE, success, type Result } from '@milena/model';
import { changeMetadata, type ControllerCaller } from '../api/controller-call';
import type { BrokerConfig } from '../broker-config';
import type { CoordinatorLocation } from './group-coordinators';

/** Name of the topic that holds groups and offsets. */
export const OFFSETS_TOPIC = '__consumer_offsets';
/** How long somebody who looks for a coordinator waits for the topic to come into being; what takes longer clients ask for again. */
const CREATION_WAIT_MS = 5_000;

/** What the topic is found and created with. */
export interface OffsetsTopicOptions extends ControllerCaller {
  readonly config: BrokerConfig;
  readonly image: () => MetadataImage;
}

/** `__consumer_offsets`: which partition holds a group, who leads it, and its creation on first use. */
export class OffsetsTopic {
  #creation: Promise<void> | undefined;

  constructor(private readonly options: OffsetsTopicOptions) {}

  partitionFor(groupId: string): number {
    const { config, image } = this.options;
    const topic = image().topicByName(OFFSETS_TOPIC);
    const partitions = topic?.partitionCount ?? config.server.number('offsets.topic.num.partitions');
    return groupPartition(groupId, partitions);
  }

  /** Who leads the group's partition; COORDINATOR_NOT_AVAILABLE when nobody does. */
  async locate(groupId: string): Promise<Result<CoordinatorLocation>> {
    const { image } = this.options;
    if (image().topicByName(OFFSETS_TOPIC) === undefined) await this.#created();
    const nodeId = image().topicByName(OFFSETS_TOPIC)?.partition(this.partitionFor(groupId))?.leader ?? NO_NODE;
    if (nodeId !== NO_NODE && isActiveBroker(image().broker(nodeId))) return success({ nodeId });
    return failure('COORDINATOR_NOT_AVAILABLE', `nobody leads the partition of group '${groupId}' at present`);
  }

  /** Waits for the creation under way, or begins one. */
  async #created(): Promise<void> {
    this.#creation ??= this.#create().finally(() => (this.#creation = undefined));
    await this.#creation;
  }

  async #create(): Promise<void> {
    const { config, image, platform } = this.options;
    const { server, nodeId } = config;
    const brokers = image().brokers().filter(isActiveBroker).length;
    const replicationFactor = Math.min(server.number('offsets.topic.replication.factor'), brokers);
    if (replicationFactor === 0) return;
    const topic = {
      name: OFFSETS_TOPIC,
      partitions: server.number('offsets.topic.num.partitions'),
      replicationFactor,
      assignments: [],
      configs: [
        { name: 'cleanup.policy', value: 'compact' },
        { name: 'compression.type', value: 'producer' },
        { name: 'segment.bytes', value: String(server.number('offsets.topic.segment.bytes')) },
      ],
    };
    const request = {
      principal: `User:broker-${nodeId}`,
      topics: [topic],
      validateOnly: false,
      timeoutMs: CREATION_WAIT_MS,
    };
    const answer = await changeMetadata({ broker: this.options, trace: undefined }, createTopicsRpc, request);
    const result = answer.ok ? answer.value.topics[0]?.result : answer;
    if (result === undefined || result.ok || result.error.code === 'TOPIC_ALREADY_EXISTS') return;
    platform.logger.warn('topic of groups and offsets was not created', { error: result.error.message });
  }
}
