import { List, Map } from 'immutable';
import { invariant, NO_NODE, unreachable, type Offset, type Uuid } from '@milena/model';
import type { BrokerRegistration } from './broker-registration';
import { HostedIndexEdit } from './hosted-index';
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
  /** Partitions of the topics that changed, open for change until `apply`. */
  readonly #openTopics = new globalThis.Map<Uuid, List<PartitionState>>();
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
    const hosted = this.#nextHosted();
    for (const [id, partitions] of this.#openTopics) {
      const { name } = this.#topic(id);
      this.#topics.set(id, new TopicImage(id, name, partitions.asImmutable()));
    }
    return new MetadataImage({
      provenance: this.#provenance,
      brokers: this.#brokers.asImmutable(),
      topics: this.#topics.asImmutable(),
      topicIdsByName: this.#topicIdsByName.asImmutable(),
      hosted,
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
    const { size } = this.#open(topicId);
    invariant(partitionId === size, `${type} is not the next partition`, { topicId, partitionId });
    this.#putPartition(topicId, partitionId, state);
  }

  #changePartition(record: PartitionChangeRecord): void {
    const { topicId, partitionId } = record;
    const before = this.#open(topicId).get(partitionId);
    invariant(before !== undefined, 'change to an unknown partition', { topicId, partitionId });
    this.#putPartition(topicId, partitionId, {
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

  #putPartition(topicId: Uuid, index: number, state: PartitionState): void {
    const { replicas, isr, leader } = state;
    invariant(
      isr.every((id) => replicas.includes(id)) && (leader === NO_NODE || isr.includes(leader)),
      'the leader must be in the ISR and the ISR among the replicas',
      { topicId, partition: index, ...state },
    );
    const partitions = this.#open(topicId);
    if (index === partitions.size) partitions.push(state);
    else partitions.set(index, state);
    const changed = this.#changedTopics.get(topicId) ?? new globalThis.Set();
    this.#changedTopics.set(topicId, changed.add(index));
  }

  /** The partitions of a topic, mutable until `apply`. */
  #open(topicId: Uuid): List<PartitionState> {
    const known = this.#openTopics.get(topicId);
    if (known !== undefined) return known;
    const opened = this.#topic(topicId).contents().asMutable();
    this.#openTopics.set(topicId, opened);
    return opened;
  }

  #removeTopic(topicId: Uuid): void {
    const topic = this.#topic(topicId);
    this.#topics.delete(topicId);
    this.#openTopics.delete(topicId);
    this.#topicIdsByName.delete(topic.name);
    this.#changedTopics.delete(topicId);
    const config = configResourceKey({ type: 'TOPIC', name: topic.name });
    this.#configs.delete(config);
    this.#changedConfigs.delete(config);
    if (this.base.topicById(topicId) !== undefined) this.#deletedTopics.set(topicId, topic.name);
  }

  #nextHosted(): ImageContents['hosted'] {
    const edit = new HostedIndexEdit(this.base.contents().hosted);
    for (const [topicId, indexes] of this.#changedTopics) {
      for (const index of indexes) {
        const before = this.base.partition(topicId, index)?.replicas ?? [];
        const after = this.#open(topicId).get(index)?.replicas ?? [];
        if (before !== after) edit.replicasChanged(topicId, index, before, after);
      }
    }
    for (const topicId of this.#deletedTopics.keys()) {
      let index = 0;
      for (const { replicas } of this.base.topicById(topicId)?.partitions() ?? []) {
        edit.replicasChanged(topicId, index++, replicas, []);
      }
    }
    return edit.apply();
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
