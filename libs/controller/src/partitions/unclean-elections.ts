import {
  createDelta,
  isActiveBroker,
  type ConfigRecord,
  type MetadataImage,
  type MetadataRecord,
  type TopicImage,
} from '@milena/metadata';
import { NO_NODE, offset } from '@milena/model';
import { defaultDirectory, hasDirectory } from '../brokers/broker-directories';
import type { ControllerDefaults } from '../controller-defaults';
import { uncleanElectionAllowed, UNCLEAN_ELECTION_KEY } from './broker-change';
import { partitionChange } from './partition-change';

/** Records that give leaders to partitions without one where changes of the configuration allow unclean elections now. */
export function uncleanElectionRecords(
  image: MetadataImage,
  changes: readonly ConfigRecord[],
  defaults: ControllerDefaults,
): readonly MetadataRecord[] {
  if (!changes.some(({ name }) => name === UNCLEAN_ELECTION_KEY)) return [];
  const delta = createDelta(image);
  changes.forEach((change, index) => delta.replay(change, offset(image.provenance.offset + 1 + index), 0));
  const after = delta.apply();
  return [...image.topics()].flatMap((topic) => {
    const wasAllowed = uncleanElectionAllowed(image, topic.name, defaults);
    return wasAllowed || !uncleanElectionAllowed(after, topic.name, defaults) ? [] : elections(image, topic);
  });
}

function elections(image: MetadataImage, topic: TopicImage): readonly MetadataRecord[] {
  return [...topic.partitions()].flatMap((before, partitionId) => {
    if (before.leader !== NO_NODE) return [];
    const record = partitionChange({
      topicId: topic.id,
      partitionId,
      before,
      targetIsr: before.isr,
      isActive: (id) => isActiveBroker(image.broker(id)),
      hasDirectory: (id, directory) => hasDirectory(image.broker(id), directory),
      defaultDirectory: (id) => defaultDirectory(image.broker(id)),
      uncleanAllowed: true,
    });
    return record === undefined ? [] : [record];
  });
}
