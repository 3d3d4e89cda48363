import { Map } from 'immutable';
import { unreachable } from '@milena/model';
import type { CommittedOffset, CoordinatorRecord, PersistedGroup } from '../records/coordinator-record';

/** Committed offsets of one topic by partition. */
export type TopicOffsets = Map<number, CommittedOffset>;

/** What is kept of one group. */
export interface GroupImage {
  /** Undefined for a group that has only offsets. */
  readonly metadata: PersistedGroup | undefined;
  /** By topic; no topic without offsets. */
  readonly offsets: Map<string, TopicOffsets>;
}

const NOTHING: GroupImage = { metadata: undefined, offsets: Map() };

/**
 * The groups of one partition of `__consumer_offsets`: its records replayed in order. Persistent: every state that was
 * can be returned to by assignment.
 */
export class GroupsImage {
  static readonly empty = new GroupsImage(Map());

  private constructor(private readonly groups: Map<string, GroupImage>) {}

  get size(): number {
    return this.groups.size;
  }

  /** Undefined for a group of which nothing is kept. */
  group(groupId: string): GroupImage | undefined {
    return this.groups.get(groupId);
  }

  /** Every group with its id; in the same order wherever the same records were replayed. */
  entries(): Iterable<[string, GroupImage]> {
    return this.groups.entries();
  }

  /** The committed offset of one partition. */
  offset(groupId: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.groups.get(groupId)?.offsets.get(topic)?.get(partition);
  }

  /** The image with the records taken in. */
  replay(records: Iterable<CoordinatorRecord>): GroupsImage {
    const groups = this.groups.withMutations((changed) => {
      for (const record of records) replayRecord(changed, record);
    });
    return groups === this.groups ? this : new GroupsImage(groups);
  }
}

function replayRecord(groups: Map<string, GroupImage>, record: CoordinatorRecord): void {
  switch (record.type) {
    case 'OffsetCommit': {
      const group = groups.get(record.groupId) ?? NOTHING;
      const before = group.offsets.get(record.topic) ?? (Map() as TopicOffsets);
      const after =
        record.value === undefined ? before.delete(record.partition) : before.set(record.partition, record.value);
      const offsets = after.isEmpty() ? group.offsets.delete(record.topic) : group.offsets.set(record.topic, after);
      keep(groups, record.groupId, { ...group, offsets });
      return;
    }
    case 'GroupMetadata':
      keep(groups, record.groupId, { ...(groups.get(record.groupId) ?? NOTHING), metadata: record.value });
      return;
    case 'Unknown':
      return;
    default:
      unreachable(record);
  }
}

function keep(groups: Map<string, GroupImage>, groupId: string, group: GroupImage): void {
  if (group.metadata === undefined && group.offsets.isEmpty()) groups.delete(groupId);
  else groups.set(groupId, group);
}
