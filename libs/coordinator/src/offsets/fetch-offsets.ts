import { NO_EPOCH } from '@milena/model';
import type { GroupsImage, TopicOffsets } from '../image/groups-image';
import type { FetchedOffset, FetchOffsetsRequest, FetchOffsetsResponse } from '../offset-requests';
import type { CommittedOffset } from '../records/coordinator-record';

/** How far a group has read. The image must hold committed records only: what is told here may not be taken back. */
export function fetchOffsets(image: GroupsImage, { groupId, topics }: FetchOffsetsRequest): FetchOffsetsResponse {
  const known = image.group(groupId)?.offsets;
  if (topics === undefined) {
    const names = [...(known?.keys() ?? [])].sort();
    const all = names.map((topic) => ({ topic, partitions: allOffsets(known?.get(topic)) }));
    return { error: 'NONE', topics: all };
  }
  return {
    error: 'NONE',
    topics: topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((partition) => fetched(partition, known?.get(topic)?.get(partition))),
    })),
  };
}

function allOffsets(offsets: TopicOffsets | undefined): readonly FetchedOffset[] {
  const partitions = [...(offsets?.keys() ?? [])].sort((left, right) => left - right);
  return partitions.map((partition) => fetched(partition, offsets?.get(partition)));
}

function fetched(partition: number, committed: CommittedOffset | undefined): FetchedOffset {
  if (committed === undefined) return { partition, offset: -1, leaderEpoch: NO_EPOCH, metadata: '', error: 'NONE' };
  const { offset, leaderEpoch, metadata } = committed;
  return { partition, offset, leaderEpoch, metadata, error: 'NONE' };
}
