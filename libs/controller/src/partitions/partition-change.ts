import type { PartitionChangeRecord, PartitionState } from '@milena/metadata';
import { NO_NODE, type Uuid } from '@milena/model';

/** A partition and what is to become of it. */
export interface PartitionChangeInput {
  readonly topicId: Uuid;
  readonly partitionId: number;
  readonly before: PartitionState;
  /** In-sync replicas wanted. Empty means that the last one is going: the ISR then stays, so that only it can lead. */
  readonly targetIsr: readonly number[];
  /** Directories wanted, parallel to the replicas; those of `before` when absent. */
  readonly targetDirectories?: readonly Uuid[];
  /** Whether a broker may lead at all: active once the change has taken effect. */
  isActive(brokerId: number): boolean;
  /** Whether the directory that holds a broker's replica is one the broker has registered. */
  hasDirectory(brokerId: number, directory: Uuid): boolean;
  /** Directory of a replica elected uncleanly, whose own is gone. */
  defaultDirectory(brokerId: number): Uuid;
  /** Whether a replica outside the ISR may lead when none inside can; records may be lost. */
  readonly uncleanAllowed: boolean;
}

interface Election {
  readonly leader: number;
  readonly unclean: boolean;
}

/**
 * Decides leader and ISR of a partition and gives the record that changes it, undefined when nothing changes.
 * Election (KRaft's rules): the leader stays while it is in the target ISR and can lead; else the first replica in order
 * of assignment that is in the target ISR and can lead; else, if allowed, the first active replica, uncleanly: it becomes
 * the whole ISR and RECOVERING; else there is no leader. A replica can lead when its broker is active and has the
 * directory the replica was put in: the same broker with another disk has none of the records.
 */
export function partitionChange(input: PartitionChangeInput): PartitionChangeRecord | undefined {
  const { before, targetIsr } = input;
  const directories = input.targetDirectories ?? before.directories;
  const { leader, unclean } = elect(input, directories);
  const isr = unclean ? [leader] : targetIsr.length === 0 ? before.isr : targetIsr;
  const placed = unclean ? withDirectoryOf(input, directories, leader) : directories;
  const change = {
    ...(sameItems(isr, before.isr) ? {} : { isr }),
    ...(leader === before.leader ? {} : { leader }),
    ...(unclean && before.leaderRecoveryState !== 'RECOVERING' ? { leaderRecoveryState: 'RECOVERING' as const } : {}),
    ...(sameItems(placed, before.directories) ? {} : { directories: placed }),
  };
  if (Object.keys(change).length === 0) return undefined;
  return { type: 'PartitionChangeRecord', topicId: input.topicId, partitionId: input.partitionId, ...change };
}

function elect(input: PartitionChangeInput, directories: readonly Uuid[]): Election {
  const { before, targetIsr } = input;
  const canLead = (id: number): boolean => {
    const directory = directories[before.replicas.indexOf(id)];
    return targetIsr.includes(id) && input.isActive(id) && directory !== undefined && input.hasDirectory(id, directory);
  };
  if (before.leader !== NO_NODE && canLead(before.leader)) return { leader: before.leader, unclean: false };
  const clean = before.replicas.find(canLead);
  if (clean !== undefined) return { leader: clean, unclean: false };
  const unclean = input.uncleanAllowed ? before.replicas.find((id) => input.isActive(id)) : undefined;
  return unclean === undefined ? { leader: NO_NODE, unclean: false } : { leader: unclean, unclean: true };
}

function withDirectoryOf(input: PartitionChangeInput, directories: readonly Uuid[], leader: number): readonly Uuid[] {
  return directories.map((directory, index) =>
    input.before.replicas[index] === leader && !input.hasDirectory(leader, directory)
      ? input.defaultDirectory(leader)
      : directory,
  );
}

/** Whether two lists hold the same items in the same order. */
export function sameItems<T>(left: readonly T[], right: readonly T[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}
