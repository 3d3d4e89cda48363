import { invariant, unreachable, type Offset, type Uuid } from '@milena/model';
import type { ConfigResource } from './config-resource';
import { imageChanges, type ImageChanges } from './image-changes';
import { emptyImage, MetadataImage, type OpenTransaction, type Provenance } from './metadata-image';
import type { MetadataRecord } from './metadata-record';
import { NodesDelta } from './nodes-delta';
import { SettingsDelta } from './settings-delta';
import { TopicsDelta } from './topics-delta';

/** Records between the beginning and the end of a metadata transaction, both included; who writes one keeps below it. */
export const TRANSACTION_RECORDS_MAX = 1_000_000;

/**
 * Records replayed on top of an image: makes the next image and says what changed on the way. Use: `createDelta(image)`,
 * `replay` each record in log order, `apply()` once. A record that does not fit the image (a change to an unknown
 * topic, a stale broker epoch) means that the log or this code is broken, hence an InvariantViolation.
 *
 * A transaction (KIP-868) that is not over when the delta is applied leaves an image with `openTransaction`: that is for
 * the controller, which decides on its own unfinished records; others keep them out with a TransactionBuffer.
 */
export class MetadataDelta {
  /** What the changes are changes to. */
  readonly base: MetadataImage;
  #provenance: Provenance;
  #nodes: NodesDelta;
  #topics: TopicsDelta;
  #settings: SettingsDelta;
  #transaction: OpenTransaction | undefined;
  /** True when the content does not come from `base`, so that what changed is found by comparing the two. */
  #compares: boolean;
  #applied: MetadataImage | undefined;
  #compared: ImageChanges | undefined;

  /** Made by `createDelta` and, with the place of the last record contained, by `createSnapshotDelta`. */
  constructor(base: MetadataImage, snapshot?: Provenance) {
    this.base = base;
    const contents = (snapshot === undefined ? base : emptyImage).contents();
    this.#compares = snapshot !== undefined;
    this.#provenance = snapshot ?? contents.provenance;
    this.#nodes = new NodesDelta(contents);
    this.#topics = new TopicsDelta(contents.topics, { tracks: !this.#compares });
    this.#settings = new SettingsDelta(contents);
    this.#transaction = contents.openTransaction;
  }

  /** Ids of brokers registered, changed or removed. */
  get changedBrokers(): ReadonlySet<number> {
    return this.#comparison()?.brokers ?? this.#nodes.changedBrokers;
  }

  /** Ids of controllers registered or removed. */
  get changedControllers(): ReadonlySet<number> {
    return this.#comparison()?.controllers ?? this.#nodes.changedControllers;
  }

  /** Topics that were created or changed and still exist, each with the indexes of its changed partitions. */
  get changedTopics(): ReadonlyMap<Uuid, ReadonlySet<number>> {
    return this.#comparison()?.topics ?? this.#topics.changed;
  }

  /** Topics of the base image that are gone, by id, with their names. */
  get deletedTopics(): ReadonlyMap<Uuid, string> {
    return this.#comparison()?.deletedTopics ?? this.#topics.deleted;
  }

  /** Resources whose configuration changed. Those of deleted topics are not listed. */
  get changedConfigs(): readonly ConfigResource[] {
    return this.#comparison()?.configs ?? [...this.#settings.changedConfigs.values()];
  }

  get featuresChanged(): boolean {
    return this.#comparison()?.features ?? this.#settings.featuresChanged;
  }

  /** Whether nothing but the offset moved. */
  get isEmpty(): boolean {
    const sets = [this.changedBrokers, this.changedControllers, this.changedTopics, this.deletedTopics];
    return sets.every(({ size }) => size === 0) && this.changedConfigs.length === 0 && !this.featuresChanged;
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

  /** Takes in a record of the snapshot this delta was made for, whatever its place there. */
  load(record: MetadataRecord): void {
    this.#change(record, this.#provenance.offset);
  }

  /** The image with everything replayed. The delta's lists stay readable; it must not be replayed into afterwards. */
  apply(): MetadataImage {
    const image = new MetadataImage({
      ...this.#nodes.apply(),
      topics: this.#topics.apply(),
      ...this.#settings.apply(),
      provenance: this.#provenance,
      openTransaction: this.#transaction,
    });
    this.#applied = image;
    return image;
  }

  #change(record: MetadataRecord, offset: Offset): void {
    switch (record.type) {
      case 'RegisterBrokerRecord':
        return this.#nodes.registerBroker(record, offset);
      case 'UnregisterBrokerRecord':
        return this.#nodes.unregisterBroker(record);
      case 'FenceBrokerRecord':
        return this.#nodes.changeBroker({ ...record, type: 'BrokerRegistrationChangeRecord', fenced: true });
      case 'UnfenceBrokerRecord':
        return this.#nodes.changeBroker({ ...record, type: 'BrokerRegistrationChangeRecord', fenced: false });
      case 'BrokerRegistrationChangeRecord':
        return this.#nodes.changeBroker(record);
      case 'RegisterControllerRecord':
        return this.#nodes.registerController(record);
      case 'UnregisterControllerRecord':
        return this.#nodes.unregisterController(record.controllerId);
      case 'TopicRecord':
        return this.#topics.createTopic(record);
      case 'PartitionRecord':
        return this.#topics.createPartition(record);
      case 'PartitionChangeRecord':
        return this.#topics.changePartition(record);
      case 'ClearElrRecord':
        return this.#topics.clearElr(record.topicName);
      case 'RemoveTopicRecord':
        return this.#settings.removeTopic(this.#topics.removeTopic(record.topicId));
      case 'ConfigRecord':
        return this.#settings.changeConfig(record);
      case 'FeatureLevelRecord':
        return this.#settings.changeFeature(record);
      case 'ProducerIdsRecord':
        this.#settings.nextProducerId = record.nextProducerId;
        return;
      case 'NoOpRecord':
        return;
      case 'BeginTransactionRecord':
        return this.#begin(record.name, offset);
      case 'EndTransactionRecord':
        this.#open();
        this.#transaction = undefined;
        return;
      case 'AbortTransactionRecord':
        return this.#abort();
      default:
        return unreachable(record);
    }
  }

  #begin(name: string, offset: Offset): void {
    invariant(this.#transaction === undefined, 'metadata transactions are never nested', {
      name,
      open: this.#transaction?.name,
    });
    invariant(!this.#compares && this.isEmpty, 'a metadata transaction begins with its batch', { name, offset });
    this.#transaction = { name, offset, before: this.base };
  }

  #open(): OpenTransaction {
    invariant(this.#transaction !== undefined, 'no metadata transaction is open', {});
    return this.#transaction;
  }

  /** Goes back to the content before the transaction; what that changes is known by comparison only. */
  #abort(): void {
    const contents = this.#open().before.contents();
    this.#nodes = new NodesDelta(contents);
    this.#topics = new TopicsDelta(contents.topics, { tracks: false });
    this.#settings = new SettingsDelta(contents);
    this.#transaction = undefined;
    this.#compares = true;
  }

  #comparison(): ImageChanges | undefined {
    if (!this.#compares) return undefined;
    invariant(this.#applied !== undefined, 'what a snapshot or an abort changes is known once it is applied', {});
    this.#compared ??= imageChanges(this.base, this.#applied);
    return this.#compared;
  }
}

/** Starts a delta on top of `image`. */
export function createDelta(image: MetadataImage): MetadataDelta {
  return new MetadataDelta(image);
}

/**
 * Starts a delta into which a whole snapshot is loaded with `load`. Its image holds what the snapshot holds and nothing
 * of `base`; once applied, its lists tell what changed, appeared and went against `base`. `last` is the place of the last
 * record the snapshot contains: the offset before the snapshot id's, and the id's epoch.
 */
export function createSnapshotDelta(base: MetadataImage, last: Provenance): MetadataDelta {
  return new MetadataDelta(base, last);
}
