import type { Uuid } from '@milena/model';
import type { BrokerRegistration } from './broker-registration';
import { encodeMetadataRecord } from './codec/metadata-record-codec';
import { configResourceKey, type ConfigResource } from './config-resource';
import type { ControllerRegistration } from './controller-registration';
import { brokerRecord, controllerRecord } from './image-records';
import type { MetadataImage, ResourceConfig } from './metadata-image';
import { isSamePartitionState } from './partition-state';
import type { TopicImage } from './topic-image';

/** In what two images differ: the lists of a MetadataDelta. */
export interface ImageChanges {
  readonly brokers: ReadonlySet<number>;
  readonly controllers: ReadonlySet<number>;
  readonly topics: ReadonlyMap<Uuid, ReadonlySet<number>>;
  readonly deletedTopics: ReadonlyMap<Uuid, string>;
  readonly configs: readonly ConfigResource[];
  readonly features: boolean;
}

/** Compares all of two images; their offsets do not matter. */
export function imageChanges(before: MetadataImage, after: MetadataImage): ImageChanges {
  const bytesOfBroker = (broker: BrokerRegistration) => encodeMetadataRecord(brokerRecord(broker));
  const bytesOfController = (controller: ControllerRegistration) => encodeMetadataRecord(controllerRecord(controller));
  return {
    brokers: changedNodes(before.brokers(), after.brokers(), bytesOfBroker),
    controllers: changedNodes(before.controllers(), after.controllers(), bytesOfController),
    ...topicChanges(before, after),
    configs: configChanges(before, after),
    features: JSON.stringify(before.features()) !== JSON.stringify(after.features()),
  };
}

function changedNodes<Node extends { readonly id: number }>(
  before: readonly Node[],
  after: readonly Node[],
  bytesOf: (node: Node) => Buffer,
): ReadonlySet<number> {
  const former = new Map(before.map((node) => [node.id, node]));
  const changed = new Set<number>();
  for (const node of after) {
    const known = former.get(node.id);
    if (known === undefined || !bytesOf(known).equals(bytesOf(node))) changed.add(node.id);
    former.delete(node.id);
  }
  for (const id of former.keys()) changed.add(id);
  return changed;
}

function topicChanges(before: MetadataImage, after: MetadataImage): Pick<ImageChanges, 'topics' | 'deletedTopics'> {
  const topics = new Map<Uuid, ReadonlySet<number>>();
  /** The indexes of a new topic by how many it has: one set for a million topics of one partition. */
  const allOf = new Map<number, ReadonlySet<number>>();
  for (const topic of after.topics()) {
    const { id, partitionCount } = topic;
    const known = before.topicById(id);
    if (known !== undefined) {
      const changed = changedPartitions(known, topic);
      if (changed.size > 0) topics.set(id, changed);
      continue;
    }
    const all = allOf.get(partitionCount) ?? new Set(Array.from({ length: partitionCount }, (_, index) => index));
    allOf.set(partitionCount, all);
    topics.set(id, all);
  }
  const deletedTopics = new Map<Uuid, string>();
  for (const { id, name } of before.topics()) if (after.topicById(id) === undefined) deletedTopics.set(id, name);
  return { topics, deletedTopics };
}

function changedPartitions(before: TopicImage, after: TopicImage): ReadonlySet<number> {
  const changed = new Set<number>();
  let index = 0;
  for (const state of after.partitions()) {
    const known = before.partition(index);
    if (known === undefined || !isSamePartitionState(known, state)) changed.add(index);
    index += 1;
  }
  return changed;
}

function configChanges(before: MetadataImage, after: MetadataImage): ConfigResource[] {
  const changed = new Map<string, ConfigResource>();
  for (const resource of after.configuredResources()) {
    if (!isSameConfig(before.config(resource), after.config(resource))) {
      changed.set(configResourceKey(resource), resource);
    }
  }
  for (const resource of before.configuredResources()) {
    if (after.config(resource).size > 0) continue;
    const isGone = resource.type === 'TOPIC' && after.topicByName(resource.name) === undefined;
    if (!isGone) changed.set(configResourceKey(resource), resource);
  }
  return [...changed.values()];
}

function isSameConfig(left: ResourceConfig, right: ResourceConfig): boolean {
  return left.size === right.size && [...left].every(([name, value]) => right.get(name) === value);
}
