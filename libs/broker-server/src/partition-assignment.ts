import type { MetadataDelta, MetadataImage, PartitionState } from '@milena/metadata';
import { topicPartitionName, type Result, type TopicPartition, type Uuid } from '@milena/model';
import type { LogDirectory, PartitionLog } from '@milena/log-store';
import type { Logger } from '@milena/platform';
import type { HostedPartitions } from './hosted-partitions';
import { onDisk } from './on-disk';
import { Partition } from './partition';
import type { PartitionOptions } from './partition-options';
import type { ReplicaFetchers } from './replica-fetchers';
import type { TopicSettings } from './topic-settings';

/** What assignments are carried out with. */
export interface PartitionAssignmentOptions {
  readonly nodeId: number;
  readonly hosted: HostedPartitions;
  readonly logDirectory: LogDirectory;
  readonly fetchers: ReplicaFetchers;
  readonly settingsOf: (image: MetadataImage, topic: string) => TopicSettings;
  /** What all partitions of this broker share. */
  readonly partitionOptions: Pick<PartitionOptions, 'nodeId' | 'lagTimeMaxMs' | 'isEligible' | 'clock' | 'events'>;
  readonly logger: Logger;
  /** The log directory failed. */
  readonly onDirectoryFailed: (error: unknown) => void;
}

/** Carries out what the metadata log says about this broker's replicas: opens, deletes, leads, follows. */
export class PartitionAssignment {
  #isFirst = true;

  constructor(private readonly options: PartitionAssignmentOptions) {}

  /** Takes in a new image and what changed on the way to it. */
  apply(delta: MetadataDelta, image: MetadataImage): void {
    const { hosted, fetchers } = this.options;
    for (const topicId of delta.deletedTopics.keys()) {
      for (const partition of [...hosted.ofTopic(topicId)]) this.#remove(partition, 'delete');
    }
    const changed: Partition[] = [];
    for (const [topicId, indexes] of delta.changedTopics) {
      const topic = image.topicById(topicId);
      if (topic === undefined) continue;
      for (const index of indexes) {
        const state = topic.partition(index);
        const partition = state && this.#assign(image, topicId, { topic: topic.name, partition: index }, state);
        if (partition !== undefined) changed.push(partition);
      }
    }
    this.#reconfigure(delta, image);
    if (this.#isFirst) this.#isolateStrays(image);
    this.#isFirst = false;
    fetchers.update(changed, image);
  }

  /** Brings one partition to the state decided; undefined when this broker has no replica of it. */
  #assign(
    image: MetadataImage,
    topicId: Uuid,
    topicPartition: TopicPartition,
    state: PartitionState,
  ): Partition | undefined {
    const { nodeId, hosted, logger } = this.options;
    const known = hosted.byId(topicId, topicPartition.partition);
    if (!state.replicas.includes(nodeId)) {
      if (known !== undefined) this.#remove(known, 'delete');
      return undefined;
    }
    const partition = known ?? this.#open(image, topicId, topicPartition);
    if (partition === undefined) return undefined;
    const before = partition.leader;
    partition.follow(state);
    if (before.leaderEpoch !== state.leaderEpoch) {
      const { leader, leaderEpoch } = state;
      const role = partition.role.kind;
      logger.info('leader of a partition changed', { ...topicPartition, role, leader, leaderEpoch });
    }
    return partition;
  }

  #open(image: MetadataImage, topicId: Uuid, topicPartition: TopicPartition): Partition | undefined {
    const { hosted, logDirectory, settingsOf, partitionOptions, onDirectoryFailed } = this.options;
    const settings = settingsOf(image, topicPartition.topic);
    const log = this.#openLog(topicPartition, topicId, settings);
    if (!log.ok) {
      onDirectoryFailed(new Error(log.error.message));
      return undefined;
    }
    log.value.reconfigure(settings.log);
    const highWatermark = logDirectory.checkpointedHighWatermark(topicPartition) ?? log.value.logStartOffset;
    const partition = new Partition({
      ...partitionOptions,
      topicPartition,
      topicId,
      log: log.value,
      highWatermark,
      settings,
    });
    hosted.add(partition);
    return partition;
  }

  /** A folder left by a topic of the same name that is gone makes way (KIP-516). */
  #openLog(topicPartition: TopicPartition, topicId: Uuid, { log }: TopicSettings): Result<PartitionLog> {
    const { logDirectory } = this.options;
    const open = (): Result<PartitionLog> => onDisk(() => logDirectory.getOrCreate(topicPartition, topicId, log));
    const opened = open();
    if (opened.ok || opened.error.code !== 'INCONSISTENT_TOPIC_ID') return opened;
    this.#retire(topicPartition, 'stray');
    return open();
  }

  #remove(partition: Partition, how: 'delete' | 'stray'): void {
    this.options.hosted.remove(partition);
    this.options.fetchers.remove(partition);
    partition.close('UNKNOWN_TOPIC_OR_PARTITION');
    this.options.partitionOptions.events.onRemoved(partition);
    this.#retire(partition.topicPartition, how);
  }

  #retire(topicPartition: TopicPartition, how: 'delete' | 'stray'): void {
    const { logDirectory, logger } = this.options;
    const name = topicPartitionName(topicPartition);
    logger.info('partition retired', { partition: name, how });
    const retired = how === 'delete' ? logDirectory.delete(topicPartition) : logDirectory.isolateStray(topicPartition);
    retired.catch((error: unknown) => {
      logger.error('partition not retired', { partition: name, error });
    });
  }

  /** Logs that were found on disk but belong to nothing this broker has a replica of any more. */
  #isolateStrays(image: MetadataImage): void {
    const { hosted, logDirectory } = this.options;
    for (const { topicPartition } of [...logDirectory.logs()]) {
      const topic = image.topicByName(topicPartition.topic);
      const partition = topic && hosted.byId(topic.id, topicPartition.partition);
      if (partition === undefined) this.#retire(topicPartition, 'stray');
    }
  }

  /** A topic's own configuration concerns its partitions, a broker's those of all topics. */
  #reconfigure(delta: MetadataDelta, image: MetadataImage): void {
    const { hosted, nodeId, settingsOf } = this.options;
    const topics = new Set<string>();
    for (const { type, name } of delta.changedConfigs) {
      if (type === 'TOPIC') topics.add(name);
      const isOwn = type === 'BROKER' && (name === '' || name === String(nodeId));
      if (isOwn) for (const { topicPartition } of hosted.all()) topics.add(topicPartition.topic);
    }
    for (const name of topics) {
      const topic = image.topicByName(name);
      if (topic === undefined) continue;
      const settings = settingsOf(image, name);
      for (const partition of hosted.ofTopic(topic.id)) partition.reconfigure(settings);
    }
  }
}
