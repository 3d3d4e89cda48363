import { createDelta, type ConfigRecord, type MetadataImage, type MetadataRecord } from '@milena/metadata';
import { offset } from '@milena/model';
import type { ControllerDefaults } from '../controller-defaults';
import type { BrokerChange } from './broker-change';
import {
  isElrEnabled,
  minInsyncReplicasOf,
  MIN_ISR_KEY,
  partitionRules,
  uncleanElectionAllowed,
  UNCLEAN_ELECTION_KEY,
} from './partition-rules';
import { PartitionSweep, type SweptPartition } from './partition-sweep';

/**
 * What changes of the configuration mean for partitions at once. A topic whose min.insync.replicas changes forgets its
 * eligible leader replicas, because they are eligible under the former value only (KIP-966). Where unclean election is
 * allowed now, partitions without a leader get one.
 */
export function configConsequences(
  image: MetadataImage,
  changes: readonly ConfigRecord[],
  defaults: ControllerDefaults,
): BrokerChange {
  const concerned = (key: string): boolean => changes.some(({ name }) => name === key);
  if (!concerned(MIN_ISR_KEY) && !concerned(UNCLEAN_ELECTION_KEY)) return { records: [] };
  const delta = createDelta(image);
  changes.forEach((change, index) => delta.replay(change, offset(image.provenance.offset + 1 + index), 0));
  const after = delta.apply();
  const cleared = concerned(MIN_ISR_KEY) && isElrEnabled(image) ? clearedElr(image, after, changes, defaults) : [];
  if (!concerned(UNCLEAN_ELECTION_KEY)) return { records: cleared };
  const sweep = new PartitionSweep(partitionsToElect(image, after, defaults));
  const elections = sweep.step(image, { rulesOf: partitionRules(after, defaults) });
  return { records: [...cleared, ...elections], ...(sweep.isDone ? {} : { unfinished: { sweep } }) };
}

function clearedElr(
  image: MetadataImage,
  after: MetadataImage,
  changes: readonly ConfigRecord[],
  defaults: ControllerDefaults,
): readonly MetadataRecord[] {
  const changed = changes.filter(({ name }) => name === MIN_ISR_KEY);
  if (changed.some(({ resourceType, resourceName }) => resourceType === 'BROKER' && resourceName === '')) {
    return [{ type: 'ClearElrRecord' }];
  }
  return changed.flatMap(({ resourceType, resourceName }): readonly MetadataRecord[] => {
    if (resourceType !== 'TOPIC') return [];
    const [before, now] = [image, after].map((each) => minInsyncReplicasOf(each, resourceName, defaults));
    return before === now ? [] : [{ type: 'ClearElrRecord', topicName: resourceName }];
  });
}

function* partitionsToElect(
  image: MetadataImage,
  after: MetadataImage,
  defaults: ControllerDefaults,
): Iterable<SweptPartition> {
  for (const topic of image.topics()) {
    if (uncleanElectionAllowed(image, topic.name, defaults)) continue;
    if (!uncleanElectionAllowed(after, topic.name, defaults)) continue;
    for (let partition = 0; partition < topic.partitionCount; partition++) yield { topic, partition };
  }
}
