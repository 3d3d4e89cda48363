import type { MetadataRecord } from '../metadata-record';
import type { PartitionState } from '../partition-state';
import type { PartitionRole } from '../topics-image';

/** A topic of the reference image. */
export interface ReferenceTopic {
  readonly name: string;
  readonly partitions: readonly PartitionState[];
}

/** Topics by id, as plain objects: what the columns of an image must agree with. */
export type ReferenceImage = ReadonlyMap<string, ReferenceTopic>;

/** The reference image with a record about topics taken in; other records change nothing. */
export function nextReference(before: ReferenceImage, record: MetadataRecord): ReferenceImage {
  const after = new Map(before);
  const put = (id: string, index: number, state: PartitionState) => {
    const { name, partitions } = known(after, id);
    after.set(id, { name, partitions: Object.assign([...partitions], { [index]: state }) });
  };
  switch (record.type) {
    case 'TopicRecord':
      return after.set(record.topicId, { name: record.name, partitions: [] });
    case 'RemoveTopicRecord':
      after.delete(record.topicId);
      return after;
    case 'PartitionRecord': {
      const { type: _type, topicId, partitionId, elr = [], lastKnownElr = [], ...state } = record;
      put(topicId, partitionId, { ...state, elr, lastKnownElr });
      return after;
    }
    case 'PartitionChangeRecord': {
      const { type: _type, topicId, partitionId, ...change } = record;
      const state = known(before, topicId).partitions[partitionId];
      if (state === undefined) throw new Error(`no partition ${partitionId}`);
      put(topicId, partitionId, {
        ...state,
        ...change,
        leaderEpoch: state.leaderEpoch + ('leader' in change ? 1 : 0),
        partitionEpoch: state.partitionEpoch + 1,
      });
      return after;
    }
    case 'ClearElrRecord':
      for (const [id, { name, partitions }] of before) {
        if (record.topicName !== undefined && record.topicName !== name) continue;
        partitions.forEach((state, index) => {
          const { isr, elr, lastKnownElr, partitionEpoch } = state;
          if (isr.length === 0 || elr.length + lastKnownElr.length === 0) return;
          put(id, index, { ...state, elr: [], lastKnownElr: [], partitionEpoch: partitionEpoch + 1 });
        });
      }
      return after;
    default:
      return after;
  }
}

function known(image: ReferenceImage, id: string): ReferenceTopic {
  const topic = image.get(id);
  if (topic === undefined) throw new Error(`no topic ${id}`);
  return topic;
}

/** Partitions to which a broker is what the role says, as `topic-index`. */
export function referenceHosted(image: ReferenceImage, brokerId: number, role: PartitionRole): string[] {
  const hosts: Record<PartitionRole, (state: PartitionState) => boolean> = {
    replica: ({ replicas }) => replicas.includes(brokerId),
    isr: ({ isr }) => isr.includes(brokerId),
    leader: ({ leader }) => leader === brokerId,
  };
  const found: string[] = [];
  for (const { name, partitions } of image.values()) {
    partitions.forEach((state, index) => hosts[role](state) && found.push(`${name}-${index}`));
  }
  return found.sort();
}
