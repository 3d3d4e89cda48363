import { invariant, offset } from '@milena/model';
import type { BrokerRegistration } from './broker-registration';
import type { ControllerRegistration } from './controller-registration';
import type { MetadataImage } from './metadata-image';
import type { MetadataRecord, RegisterBrokerRecord, RegisterControllerRecord } from './metadata-record';

function byText<T>(items: Iterable<T>, text: (item: T) => string): T[] {
  return [...items].sort((left, right) => (text(left) < text(right) ? -1 : 1));
}

/** The record that makes a broker's registration. */
export function brokerRecord({ id, epoch, directoryIds, ...broker }: BrokerRegistration): RegisterBrokerRecord {
  return {
    type: 'RegisterBrokerRecord',
    brokerId: id,
    brokerEpoch: epoch,
    logDirectories: directoryIds,
    ...broker,
  };
}

/** The record that makes a controller's registration. */
export function controllerRecord({ id, ...controller }: ControllerRegistration): RegisterControllerRecord {
  return { type: 'RegisterControllerRecord', controllerId: id, ...controller };
}

/**
 * The records that make `image` out of the empty one: what a snapshot holds. The order is fixed by the content alone
 * (features, brokers and controllers by id, topics by name, configuration, producer ids), so equal images give equal
 * records. Of an image with an open transaction ask for the records of its `settled` image.
 */
export function* imageRecords(image: MetadataImage): Iterable<MetadataRecord> {
  invariant(image.openTransaction === undefined, 'a snapshot never ends inside a transaction', { ...image.provenance });
  for (const [name, featureLevel] of image.features()) yield { type: 'FeatureLevelRecord', name, featureLevel };
  for (const broker of image.brokers()) yield brokerRecord(broker);
  for (const controller of image.controllers()) yield controllerRecord(controller);
  for (const topic of byText(image.topics(), ({ name }) => name)) {
    yield { type: 'TopicRecord', name: topic.name, topicId: topic.id };
    let partitionId = 0;
    for (const state of topic.partitions()) {
      yield { type: 'PartitionRecord', topicId: topic.id, partitionId: partitionId++, ...state };
    }
  }
  for (const resource of byText(image.configuredResources(), ({ type, name }) => `${type}:${name}`)) {
    for (const [name, value] of byText(image.config(resource), ([key]) => key)) {
      yield { type: 'ConfigRecord', resourceType: resource.type, resourceName: resource.name, name, value };
    }
  }
  if (image.nextProducerId > 0) {
    const { nextProducerId } = image;
    yield { type: 'ProducerIdsRecord', brokerId: 0, brokerEpoch: offset(0), nextProducerId };
  }
}
