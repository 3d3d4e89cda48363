import { encodeMetadataRecord } from './codec/metadata-record-codec';
import { brokerRecord, controllerRecord } from './image-records';
import type { MetadataImage, ResourceConfig } from './metadata-image';
import type { MetadataRecord } from './metadata-record';
import { isSamePartitionState } from './partition-state';

/**
 * Whether two images at the same offset say the same, whatever way they were built; false at different offsets. An open
 * transaction is left out, as in `imageDigest`, of whose equality this is the cheap form.
 */
export function isSameImage({ settled: left }: MetadataImage, { settled: right }: MetadataImage): boolean {
  return (
    left.provenance.offset === right.provenance.offset &&
    left.provenance.epoch === right.provenance.epoch &&
    left.nextProducerId === right.nextProducerId &&
    areSameNodes(left.brokers(), right.brokers(), brokerRecord) &&
    areSameNodes(left.controllers(), right.controllers(), controllerRecord) &&
    JSON.stringify(left.features()) === JSON.stringify(right.features()) &&
    haveSameConfigs(left, right) &&
    haveSameTopics(left, right)
  );
}

function areSameNodes<Node>(
  left: readonly Node[],
  right: readonly Node[],
  recordOf: (node: Node) => MetadataRecord,
): boolean {
  if (left.length !== right.length) return false;
  const pairs = left.map((node, index) => [node, right[index] as Node] as const);
  // Equal texts mean equal nodes; of nodes whose keys came in another order the records decide.
  return pairs.every(
    ([one, other]) =>
      JSON.stringify(one) === JSON.stringify(other) ||
      encodeMetadataRecord(recordOf(one)).equals(encodeMetadataRecord(recordOf(other))),
  );
}

function haveSameConfigs(left: MetadataImage, right: MetadataImage): boolean {
  const resources = [...right.configuredResources()];
  return (
    resources.length === [...left.configuredResources()].length &&
    resources.every((resource) => isSameConfig(left.config(resource), right.config(resource)))
  );
}

function isSameConfig(left: ResourceConfig, right: ResourceConfig): boolean {
  return left.size === right.size && [...left].every(([name, value]) => right.get(name) === value);
}

function haveSameTopics(left: MetadataImage, right: MetadataImage): boolean {
  if (left.topicCount !== right.topicCount) return false;
  for (const topic of right.topics()) {
    const other = left.topicById(topic.id);
    if (other?.name !== topic.name || other.partitionCount !== topic.partitionCount) return false;
    let index = 0;
    for (const state of topic.partitions()) {
      const known = other.partition(index++);
      if (known === undefined || !isSamePartitionState(known, state)) return false;
    }
  }
  return true;
}
