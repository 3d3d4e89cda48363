import { Map } from 'immutable';
import { NO_EPOCH, NO_OFFSET, producerId, type Offset, type ProducerId, type Uuid } from '@milena/model';
import type { BrokerRegistration } from './broker-registration';
import type { ControllerRegistration } from './controller-registration';
import { configResourceKey, type ConfigResource } from './config-resource';
import type { PartitionState } from './partition-state';
import type { TopicImage } from './topic-image';
import { noTopics, type HostedPartition, type PartitionRole, type TopicsImage } from './topics-image';

/** Which part of the log an image holds. */
export interface Provenance {
  /** Offset of the last record contained; NO_OFFSET for the empty image. */
  readonly offset: Offset;
  /** Leader epoch of that record. */
  readonly epoch: number;
}

/** A metadata transaction that was begun and neither ended nor aborted (KIP-868). */
export interface OpenTransaction {
  /** What it is for, for people. */
  readonly name: string;
  /** Where its BeginTransactionRecord stands. */
  readonly offset: Offset;
  /** The image without the transaction. */
  readonly before: MetadataImage;
}

/** Configuration of one resource: only the keys that were set. */
export type ResourceConfig = ReadonlyMap<string, string>;

/** The persistent collections behind an image. Only MetadataImage and MetadataDelta look inside. */
export interface ImageContents {
  readonly provenance: Provenance;
  readonly brokers: Map<number, BrokerRegistration>;
  readonly controllers: Map<number, ControllerRegistration>;
  readonly topics: TopicsImage;
  readonly configs: Map<string, { readonly resource: ConfigResource; readonly entries: Map<string, string> }>;
  readonly features: Map<string, number>;
  readonly nextProducerId: ProducerId;
  readonly openTransaction: OpenTransaction | undefined;
}

const NO_CONFIG: ResourceConfig = new globalThis.Map<string, string>();

/**
 * All metadata of the cluster as of one offset of the metadata log. Immutable and cheap to keep: images share what did
 * not change. Collections iterate in an order that depends only on the records replayed.
 */
export class MetadataImage {
  readonly #contents: ImageContents;
  #sortedBrokers: readonly BrokerRegistration[] | undefined;

  /** Made by `emptyImage` and MetadataDelta only. */
  constructor(contents: ImageContents) {
    this.#contents = contents;
  }

  get provenance(): Provenance {
    return this.#contents.provenance;
  }

  /** Id of the next producer id block to hand out. */
  get nextProducerId(): ProducerId {
    return this.#contents.nextProducerId;
  }

  /** Registration of a broker, fenced or not. */
  broker(id: number): BrokerRegistration | undefined {
    return this.#contents.brokers.get(id);
  }

  /** All registrations in order of id. */
  brokers(): readonly BrokerRegistration[] {
    this.#sortedBrokers ??= [...this.#contents.brokers.values()].sort((left, right) => left.id - right.id);
    return this.#sortedBrokers;
  }

  /** Registrations of controllers in order of id. */
  controllers(): readonly ControllerRegistration[] {
    return [...this.#contents.controllers.values()].sort((left, right) => left.id - right.id);
  }

  /** The transaction whose records are part of this image though they are not to be relied upon yet. */
  get openTransaction(): OpenTransaction | undefined {
    return this.#contents.openTransaction;
  }

  /** What may be shown and stored: this image, or the one before the transaction that is open. */
  get settled(): MetadataImage {
    return this.#contents.openTransaction?.before ?? this;
  }

  topicById(id: Uuid): TopicImage | undefined {
    return this.#contents.topics.byId(id);
  }

  topicByName(name: string): TopicImage | undefined {
    return this.#contents.topics.byName(name);
  }

  /** All topics, in no order a caller may rely on. */
  topics(): Iterable<TopicImage> {
    return this.#contents.topics.all();
  }

  get topicCount(): number {
    return this.#contents.topics.size;
  }

  /** Partitions of all topics. */
  get partitionCount(): number {
    return this.#contents.topics.contents.partitionCount;
  }

  partition(topicId: Uuid, index: number): PartitionState | undefined {
    return this.#contents.topics.byId(topicId)?.partition(index);
  }

  /**
   * Partitions a broker has a replica of, or is in the ISR of, or leads (NO_NODE: that nobody leads). Found as they are
   * asked for, so that a caller may stop early or go on later; the image they are of stays the same.
   */
  hostedPartitions(brokerId: number, role: PartitionRole = 'replica'): Iterable<HostedPartition> {
    return this.#contents.topics.hosted(brokerId, role);
  }

  /** How many partitions `hostedPartitions` has. At hand for replicas, a scan for the other roles. */
  hostedPartitionCount(brokerId: number, role: PartitionRole = 'replica'): number {
    return this.#contents.topics.hostedCount(brokerId, role);
  }

  /** How many partitions are led by another than their first replica, or by nobody; a scan of a few nanoseconds each. */
  ledByOthersCount(): number {
    return this.#contents.topics.ledByOthersCount();
  }

  /** What is configured for a resource; empty when nothing is. Defaults are not included. */
  config(resource: ConfigResource): ResourceConfig {
    const entries = this.#contents.configs.get(configResourceKey(resource))?.entries;
    return entries === undefined ? NO_CONFIG : new globalThis.Map(entries);
  }

  /** Value of one configured key; undefined when not configured for that resource itself. */
  configValue(resource: ConfigResource, name: string): string | undefined {
    return this.#contents.configs.get(configResourceKey(resource))?.entries.get(name);
  }

  /** Resources that have configuration. */
  *configuredResources(): Iterable<ConfigResource> {
    for (const { resource } of this.#contents.configs.values()) yield resource;
  }

  /** Finalized level of a feature; 0 when it was never set. */
  featureLevel(name: string): number {
    return this.#contents.features.get(name) ?? 0;
  }

  /** All finalized features with their levels, in order of name. */
  features(): readonly (readonly [name: string, level: number])[] {
    return [...this.#contents.features].sort(([left], [right]) => (left < right ? -1 : 1));
  }

  /** True when no record but control records was ever replayed. */
  isEmpty(): boolean {
    return this.#contents.provenance.offset === NO_OFFSET;
  }

  /** The collections inside, for MetadataDelta. */
  contents(): ImageContents {
    return this.#contents;
  }
}

/** The image before the first record. */
export const emptyImage: MetadataImage = new MetadataImage({
  provenance: { offset: NO_OFFSET, epoch: NO_EPOCH },
  brokers: Map(),
  controllers: Map(),
  topics: noTopics(),
  configs: Map(),
  features: Map(),
  nextProducerId: producerId(0),
  openTransaction: undefined,
});
