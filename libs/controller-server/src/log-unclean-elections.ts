import type { MetadataImage, MetadataRecord, PartitionChangeRecord } from '@milena/metadata';
import type { Logger } from '@milena/platform';

const NAMES_MAX = 10;

/** Counts the leaders a decision elects out of sync, and says which partitions may have lost records by it. */
export function logUncleanElections(logger: Logger, image: MetadataImage, records: readonly MetadataRecord[]): number {
  const elections = records.filter(isUncleanElection);
  if (elections.length === 0) return 0;
  const partitions = elections
    .slice(0, NAMES_MAX)
    .map(({ topicId, partitionId, leader }) => `${nameOf(image, topicId)}-${partitionId} to ${leader}`);
  logger.warn('elected leaders out of sync: records may be lost', { elections: elections.length, partitions });
  return elections.length;
}

function nameOf(image: MetadataImage, topicId: string): string {
  return image.topicById(topicId)?.name ?? topicId;
}

/** A leader that is elected uncleanly is RECOVERING, whether the operator allowed it or it is the last known leader. */
function isUncleanElection(record: MetadataRecord): record is PartitionChangeRecord {
  return record.type === 'PartitionChangeRecord' && record.leaderRecoveryState === 'RECOVERING';
}
