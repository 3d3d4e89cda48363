import { groupPartition } from '@milena/coordinator';
import type { MetadataImage } from '@milena/metadata';
import { failure } from '@milena/model';
import type { GroupCoordinators } from './group-coordinators';

const OFFSETS_TOPIC = '__consumer_offsets';
const ERROR = 'COORDINATOR_NOT_AVAILABLE';

/** Makes the group coordinators of a broker. */
export function createGroupCoordinators(options: { readonly image: () => MetadataImage }): GroupCoordinators {
  const { image } = options;
  return {
    partitionFor: (groupId) => groupPartition(groupId, image().topicByName(OFFSETS_TOPIC)?.partitionCount ?? 50),
    locate: () => Promise.resolve(failure(ERROR, 'the coordinator is not available')),
    joinGroup: ({ memberId }) =>
      Promise.resolve({ error: ERROR, generationId: -1, leader: '', skipAssignment: false, memberId, members: [] }),
    syncGroup: () => Promise.resolve({ error: ERROR, assignment: Buffer.alloc(0) }),
    heartbeat: () => Promise.resolve({ error: ERROR }),
    leaveGroup: () => Promise.resolve({ error: ERROR, members: [] }),
    commitOffsets: ({ topics }) =>
      Promise.resolve({
        topics: topics.map(({ topic, partitions }) => ({
          topic,
          partitions: partitions.map(({ partition }) => ({ partition, error: ERROR })),
        })),
      }),
    fetchOffsets: () => Promise.resolve({ error: ERROR, topics: [] }),
    describeGroup: (groupId) =>
      Promise.resolve({ error: ERROR, groupId, state: 'Dead', protocolType: '', protocol: '', members: [] }),
    listGroups: () => Promise.resolve({ error: 'NONE', groups: [] }),
    deleteGroups: (groupIds) => Promise.resolve(groupIds.map((groupId) => ({ groupId, error: ERROR }))),
    deleteOffsets: () => Promise.resolve({ error: ERROR, topics: [] }),
  };
}
