import { offset } from '@milena/model';
import type { MetadataImage } from './metadata-image';
import type { MetadataRecord } from './metadata-record';

function byText<T>(items: Iterable<T>, text: (item: T) => string): T[] {
  return [...items].sort((left, right) => (text(left) < text(right) ? -1 : 1));
}

/**
 * The records that make `image` out of the empty one: what a snapshot holds. The order is fixed by the content alone
 * (features, brokers by id, topics by name, configuration, producer ids), so equal images give equal records.
 */
export function* imageRecords(image: MetadataImage): Iterable<MetadataRecord> {
  for (const [name, featureLevel] of image.features()) yield { type: 'FeatureLevelRecord', name, featureLevel };
  for (const { id, epoch, directoryIds, ...broker } of image.brokers()) {
    yield {
      type: 'RegisterBrokerRecord',
      brokerId: id,
      brokerEpoch: epoch,
      logDirectories: directoryIds,
      ...broker,
    };
  }
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
