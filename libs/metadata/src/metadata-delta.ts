import { List, Map, Set } from 'immutable';
import { invariant, NO_NODE, unreachable, type Offset, type Uuid } from '@milena/model';
import type { BrokerRegistration } from './broker-registration';
import { configResourceKey, type ConfigResource } from './config-resource';
import { MetadataImage, type ImageContents, type Provenance } from './metadata-image';
import type {
  BrokerRegistrationChangeRecord,
  ConfigRecord,
  FeatureLevelRecord,
  MetadataRecord,
  PartitionChangeRecord,
  PartitionRecord,
  RegisterBrokerRecord,
  TopicRecord,
} from './metadata-record';
import type { PartitionState } from './partition-state';
import { TopicImage } from './topic-image';

/**
 * Records replayed on top of an image: makes the next image and says what changed on the way. Use: `createDelta(image)`,
 * `replay` each record in log order, `apply()` once. A record that does not fit the image (a change to an unknown
 * topic, a stale broker epoch) means that the log or this code is broken, hence an InvariantViolation.
 */
export class MetadataDelta {
  readonly base: MetadataImage;
  #provenance: Provenance;
  #nextProducerId: ImageContents['nextProducerId'];
  readonly #brokers: ImageContents['brokers'];
  readonly #topics: ImageContents['topics'];
  readonly #topicIdsByName: ImageContents['topicIdsByName'];
  readonly #configs: ImageContents['configs'];
  readonly #features: ImageContents['features'];
  #hosted: ImageContents['hosted'];
  readonly #changedBrokers = new globalThis.Set<number>();
  readonly #changedTopics = new globalThis.Map<Uuid, globalThis.Set<number>>();
  readonly #deletedTopics = new globalThis.Map<Uuid, string>();
  readonly #changedConfigs = new globalThis.Map<string, ConfigResource>();
  #featuresChanged = false;

  constructor(base: MetadataImage) {
    this.base = base;
    const contents = base.contents();
    this.#provenance = contents.provenance;
    this.#nextProducerId = contents.nextProducerId;
    this.#brokers = contents.brokers.asMutable();
    this.#topics = contents.topics.asMutable();
    this.#topicIdsByName = contents.topicIdsByName.asMutable();
    this.#configs = contents.configs.asMutable();
    this.#features = contents.features.asMutable();
    this.#hosted = contents.hosted;
  }

  /** Ids of brokers registered, changed or removed. */
  get changedBrokers(): ReadonlySet<number> {
    return this.#changedBrokers;
  }

  /** Topics that were created or changed and still exist, each with the indexes of its changed partitions. */
  get changedTopics(): ReadonlyMap<Uuid, ReadonlySet<number>> {
    return this.#changedTopics;
  }

  /** Topics of the base image that are gone, by id, with their names. */
  get deletedTopics(): ReadonlyMap<Uuid, string> {
    return this.#deletedTopics;
  }

  /** Resources whose configuration changed. Those of deleted topics are not listed. */
  get changedConfigs(): readonly ConfigResource[] {
    return [...this.#changedConfigs.values()];
  }

  get featuresChanged(): boolean {
    return this.#featuresChanged;
  }

  /** Whether nothing but the offset moved. */
  get isEmpty(): boolean {
    const touched = [this.#changedBrokers, this.#changedTopics, this.#deletedTopics, this.#changedConfigs];
    return touched.every(({ size }) => size === 0) && !this.#featuresChanged;
  }

  /** Takes in the record at `offset`, written in leader epoch `epoch`. */
  replay(record: MetadataRecord, offset: Offset, epoch: number): void {
    invariant(offset > this.#provenance.offset, 'records must be replayed in order', {
      offset,
      after: this.#provenance.offset,
    });
    this.#change(record, offset);
    this.#provenance = { offset, epoch };
  }

  /** The image with everything replayed. The delta's lists stay readable; it must not be replayed into afterwards. */
  apply(): MetadataImage {
    return new MetadataImage({
      provenance: this.#provenance,
      brokers: this.#brokers.asImmutable(),
      topics: this.#topics.asImmutable(),
      topicIdsByName: this.#topicIdsByName.asImmutable(),
      hosted: this.#hosted,
      configs: this.#configs.asImmutable(),
      features: this.#features.asImmutable(),
      nextProducerId: this.#nextProducerId,
    });
  }

  #change(record: MetadataRecord, offset: Offset): void {
    switch (record.type) {
      case 'RegisterBrokerRecord':
        return this.#registerBroker(record, offset);
      case 'UnregisterBrokerRecord':
        this.#brokers.delete(this.#currentBroker(record).id);
        this.#changedBrokers.add(record.brokerId);
        return;
      case 'FenceBrokerRecord':
        return this.#changeBroker({ ...record, type: 'BrokerRegistrationChangeRecord', fenced: true });
      case 'UnfenceBrokerRecord':
        return this.#changeBroker({ ...record, type: 'BrokerRegistrationChangeRecord', fenced: false });
      case 'BrokerRegistrationChangeRecord':
        return this.#changeBroker(record);
      case 'TopicRecord':
        return this.#createTopic(record);
      case 'PartitionRecord':
        return this.#createPartition(record);
      case 'PartitionChangeRecord':
        return this.#changePartition(record);
      case 'RemoveTopicRecord':
        return this.#removeTopic(record.topicId);
      case 'ConfigRecord':
        return this.#changeConfig(record);
      case 'FeatureLevelRecord':
        return this.#changeFeature(record);
      case 'ProducerIdsRecord':
        this.#nextProducerId = record.nextProducerId;
        return;
      case 'NoOpRecord':
        return;
      default:
        return unreachable(record);
    }
  }

  #registerBroker(record: RegisterBrokerRecord, offset: Offset): void {
    this.#brokers.set(record.brokerId, {
      id: record.brokerId,
      epoch: record.brokerEpoch ?? offset,
      incarnationId: record.incarnationId,
      directoryIds: record.logDirectories,
      listeners: record.listeners,
      ...(record.rack === undefined ? {} : { rack: record.rack }),
      features: record.features,
      fenced: record.fenced,
      inControlledShutdown: record.inControlledShutdown,
    });
    this.#changedBrokers.add(record.brokerId);
  }

  #currentBroker({ brokerId, brokerEpoch }: { brokerId: number; brokerEpoch: Offset }): BrokerRegistration {
    const broker = this.#brokers.get(brokerId);
    invariant(broker !== undefined && broker.epoch === brokerEpoch, 'record names a registration that is not current', {
      brokerId,
      brokerEpoch,
      current: broker?.epoch,
    });
    return broker;
  }

  #changeBroker(record: BrokerRegistrationChangeRecord): void {
    const broker = this.#currentBroker(record);
    this.#brokers.set(broker.id, {
      ...broker,
      fenced: record.fenced ?? broker.fenced,
      inControlledShutdown: record.inControlledShutdown ?? broker.inControlledShutdown,
      directoryIds: record.logDirectories ?? broker.directoryIds,
    });
    this.#changedBrokers.add(broker.id);
  }

  #createTopic({ topicId, name }: TopicRecord): void {
    invariant(!this.#topics.has(topicId) && !this.#topicIdsByName.has(name), 'topic exists', { topicId, name });
    this.#topics.set(topicId, new TopicImage(topicId, name, List()));
    this.#topicIdsByName.set(name, topicId);
    this.#changedTopics.set(topicId, new globalThis.Set());
  }

  #createPartition(record: PartitionRecord): void {
    const { type, topicId, partitionId, ...state } = record;
    const topic = this.#topic(topicId);
    invariant(partitionId === topic.partitionCount, `${type} is not the next partition`, { topicId, partitionId });
    this.#putPartition(topic, partitionId, state);
  }

  #changePartition(record: PartitionChangeRecord): void {
    const topic = this.#topic(record.topicId);
    const before = topic.partition(record.partitionId);
    invariant(before !== undefined, 'change to an unknown partition', {
      topicId: record.topicId,
      partition: record.partitionId,
    });
    this.#putPartition(topic, record.partitionId, {
      replicas: record.replicas ?? before.replicas,
      isr: record.isr ?? before.isr,
      leader: record.leader ?? before.leader,
      leaderEpoch: before.leaderEpoch + (record.leader === undefined ? 0 : 1),
      partitionEpoch: before.partitionEpoch + 1,
      leaderRecoveryState: record.leaderRecoveryState ?? before.leaderRecoveryState,
      directories: record.directories ?? before.directories,
      addingReplicas: record.addingReplicas ?? before.addingReplicas,
      removingReplicas: record.removingReplicas ?? before.removingReplicas,
    });
  }

  #putPartition(topic: TopicImage, index: number, state: PartitionState): void {
    const replicas = new globalThis.Set(state.replicas);
    invariant(
      state.isr.every((id) => replicas.has(id)) && (state.leader === NO_NODE || state.isr.includes(state.leader)),
      'the leader must be in the ISR and the ISR among the replicas',
      { topic: topic.name, partition: index, ...state },
    );
    const before = topic.partition(index)?.replicas ?? [];
    if (before !== state.replicas) {
      this.#unhost(topic.id, index, before);
      for (const id of state.replicas) {
        this.#hosted = this.#hosted.updateIn([id, topic.id], Set<number>(), (set) => (set as Set<number>).add(index));
      }
    }
    this.#topics.set(
      topic.id,
      topic.withPartitions((partitions) => partitions.set(index, state)),
    );
    const changed = this.#changedTopics.get(topic.id) ?? new globalThis.Set();
    this.#changedTopics.set(topic.id, changed.add(index));
  }

  #unhost(topicId: Uuid, index: number, brokers: readonly number[]): void {
    for (const id of brokers) {
      const topics = this.#hosted.get(id) ?? Map<Uuid, Set<number>>();
      const rest = (topics.get(topicId) ?? Set<number>()).delete(index);
      const left = rest.isEmpty() ? topics.delete(topicId) : topics.set(topicId, rest);
      this.#hosted = left.isEmpty() ? this.#hosted.delete(id) : this.#hosted.set(id, left);
    }
  }

  #removeTopic(topicId: Uuid): void {
    const topic = this.#topic(topicId);
    const hosts = new globalThis.Set<number>();
    for (const { replicas } of topic.partitions()) for (const id of replicas) hosts.add(id);
    for (const id of hosts) {
      const left = (this.#hosted.get(id) ?? Map<Uuid, Set<number>>()).delete(topicId);
      this.#hosted = left.isEmpty() ? this.#hosted.delete(id) : this.#hosted.set(id, left);
    }
    this.#topics.delete(topicId);
    this.#topicIdsByName.delete(topic.name);
    this.#changedTopics.delete(topicId);
    const config = configResourceKey({ type: 'TOPIC', name: topic.name });
    this.#configs.delete(config);
    this.#changedConfigs.delete(config);
    if (this.base.topicById(topicId) !== undefined) this.#deletedTopics.set(topicId, topic.name);
  }

  #topic(topicId: Uuid): TopicImage {
    const topic = this.#topics.get(topicId);
    invariant(topic !== undefined, 'record names an unknown topic', { topicId });
    return topic;
  }

  #changeConfig({ resourceType, resourceName, name, value }: ConfigRecord): void {
    const resource: ConfigResource = { type: resourceType, name: resourceName };
    const key = configResourceKey(resource);
    const before = this.#configs.get(key)?.entries ?? Map<string, string>();
    const entries = value === undefined ? before.delete(name) : before.set(name, value);
    if (entries.isEmpty()) this.#configs.delete(key);
    else this.#configs.set(key, { resource, entries });
    this.#changedConfigs.set(key, resource);
  }

  #changeFeature({ name, featureLevel }: FeatureLevelRecord): void {
    if (featureLevel === 0) this.#features.delete(name);
    else this.#features.set(name, featureLevel);
    this.#featuresChanged = true;
  }
}

/** Starts a delta on top of `image`. */
export function createDelta(image: MetadataImage): MetadataDelta {
  return new MetadataDelta(image);
}
