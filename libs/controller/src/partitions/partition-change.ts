import type { LeaderRecoveryState, PartitionChangeRecord, PartitionState } from '@milena/metadata';
import { NO_NODE, ZERO_UUID, type Uuid } from '@milena/model';
import { electLeader, type ElectionKind } from './elect-leader';
import type { PartitionRules } from './partition-rules';
import { completedReassignment } from './reassignment';

/** What a partition is to be; whatever is absent stays. */
export interface PartitionTarget {
  /** In-sync replicas wanted. Without ELR an empty list means that the last one is going: see `partitionChange`. */
  readonly isr?: readonly number[];
  /** All replicas, those that are being added and removed included. */
  readonly replicas?: readonly number[];
  readonly addingReplicas?: readonly number[];
  readonly removingReplicas?: readonly number[];
  /** Directories by broker; replicas not named keep theirs, new ones get the broker's default directory. */
  readonly directories?: ReadonlyMap<number, Uuid>;
  readonly leaderRecoveryState?: LeaderRecoveryState;
}

/** A partition and what is to become of it. */
export interface PartitionChangeInput {
  readonly topicId: Uuid;
  readonly partitionId: number;
  readonly before: PartitionState;
  readonly target?: PartitionTarget;
  readonly rules: PartitionRules;
  /** ONLINE when absent. */
  readonly election?: ElectionKind;
  /** Replicas that may have lost records (an unclean stop, another disk): they are not eligible to lead any more. */
  readonly lossyReplicas?: readonly number[];
}

/** The assignment and the in-sync replicas a change aims at. */
type Assignment = Pick<PartitionState, 'replicas' | 'isr' | 'addingReplicas' | 'removingReplicas'>;

/** What is decided about the leadership. */
interface Leadership extends Pick<
  PartitionState,
  'leader' | 'isr' | 'elr' | 'lastKnownElr' | 'leaderRecoveryState' | 'directories'
> {
  readonly isUnclean: boolean;
}

/**
 * The one place where changes of partitions are decided: gives the record, undefined when nothing changes. In this order:
 *
 * 1. A reassignment whose target replicas are all in the target ISR is complete: the removed ones go (KIP-455).
 * 2. ELR (KIP-966): while the ISR is smaller than min.insync.replicas, members that leave it stay eligible, because the
 *    high watermark stands still without them; lossy ones are not. An ISR large enough clears the ELR.
 * 3. Election, see `electLeader`. A leader from the ELR is the new ISR; so is one elected uncleanly, which ends everybody
 *    else's eligibility and whose record always says RECOVERING: that is how unclean elections are counted.
 * 4. A partition whose ISR becomes empty keeps its last leader as the last known one until it has a leader again.
 * 5. The leader epoch grows with a new leader, and when a replica is taken away.
 *
 * Without ELR an ISR never becomes empty: its last member stays in it, so that only that one can lead.
 */
export function partitionChange(input: PartitionChangeInput): PartitionChangeRecord | undefined {
  const { before } = input;
  const assignment = targetAssignment(input);
  const after = targetLeadership(input, assignment);
  const tookAway = before.replicas.some((id) => !assignment.replicas.includes(id));
  const change = {
    ...(sameItems(after.isr, before.isr) ? {} : { isr: after.isr }),
    ...(after.leader === before.leader && !tookAway ? {} : { leader: after.leader }),
    ...(sameItems(assignment.replicas, before.replicas) ? {} : { replicas: assignment.replicas }),
    ...(sameItems(assignment.addingReplicas, before.addingReplicas)
      ? {}
      : { addingReplicas: assignment.addingReplicas }),
    ...(sameItems(assignment.removingReplicas, before.removingReplicas)
      ? {}
      : { removingReplicas: assignment.removingReplicas }),
    ...(after.leaderRecoveryState === before.leaderRecoveryState && !after.isUnclean
      ? {}
      : { leaderRecoveryState: after.leaderRecoveryState }),
    ...(sameItems(after.directories, before.directories) ? {} : { directories: after.directories }),
    ...(sameItems(after.elr, before.elr) ? {} : { elr: after.elr }),
    ...(sameItems(after.lastKnownElr, before.lastKnownElr) ? {} : { lastKnownElr: after.lastKnownElr }),
  };
  if (Object.keys(change).length === 0) return undefined;
  return { type: 'PartitionChangeRecord', topicId: input.topicId, partitionId: input.partitionId, ...change };
}

function targetAssignment({ before, target = {} }: PartitionChangeInput): Assignment {
  const wanted: Assignment = {
    replicas: target.replicas ?? before.replicas,
    isr: target.isr ?? before.isr,
    addingReplicas: target.addingReplicas ?? before.addingReplicas,
    removingReplicas: target.removingReplicas ?? before.removingReplicas,
  };
  const completed = completedReassignment(wanted, wanted.isr);
  return completed === undefined ? wanted : { ...completed, addingReplicas: [], removingReplicas: [] };
}

function targetLeadership(input: PartitionChangeInput, assignment: Assignment): Leadership {
  const { before, rules, target, election: kind = 'ONLINE' } = input;
  const { replicas } = assignment;
  const directories = targetDirectories(input, replicas);
  const elr = eligibleReplicas(input, assignment);
  const { leader, unclean } = electLeader({ kind, before, replicas, directories, isr: assignment.isr, elr, rules });
  const leaderRecoveryState = target?.leaderRecoveryState ?? before.leaderRecoveryState;
  if (unclean) {
    const placed = withDirectoryOf(leader, replicas, directories, rules);
    const recovering = { leaderRecoveryState: 'RECOVERING' as const, directories: placed };
    return { leader, isr: [leader], elr: [], lastKnownElr: [], ...recovering, isUnclean: true };
  }
  const fromElr = leader !== NO_NODE && assignment.isr.length === 0;
  const isr = fromElr ? [leader] : assignment.isr.length === 0 && !rules.elrEnabled ? before.isr : assignment.isr;
  const isLarge = isr.length >= effectiveMinIsr(rules, replicas);
  return {
    leader,
    isr,
    elr: isLarge ? [] : elr.filter((id) => !isr.includes(id)),
    lastKnownElr: rules.elrEnabled && leader === NO_NODE ? lastKnownLeader(before, isr, replicas) : [],
    leaderRecoveryState,
    directories,
    isUnclean: false,
  };
}

/** The ELR before an election takes from it. */
function eligibleReplicas({ before, rules, lossyReplicas = [] }: PartitionChangeInput, target: Assignment) {
  const { isr, replicas } = target;
  if (!rules.elrEnabled || isr.length >= effectiveMinIsr(rules, replicas)) return [];
  const isEligible = (id: number): boolean =>
    (before.isr.includes(id) || before.elr.includes(id)) && !isr.includes(id) && !lossyReplicas.includes(id);
  return replicas.filter(isEligible);
}

/** More in-sync replicas than a partition has replicas cannot be demanded. */
function effectiveMinIsr({ minInsyncReplicas }: PartitionRules, replicas: readonly number[]): number {
  return Math.min(minInsyncReplicas, replicas.length);
}

function lastKnownLeader(before: PartitionState, isr: readonly number[], replicas: readonly number[]) {
  if (isr.length > 0) return before.lastKnownElr;
  const last = before.leader === NO_NODE ? before.lastKnownElr : [before.leader];
  const known = last.length === 0 && before.isr.length === 1 ? before.isr : last;
  return known.filter((id) => replicas.includes(id));
}

function targetDirectories({ before, target, rules }: PartitionChangeInput, replicas: readonly number[]) {
  if (target?.directories === undefined && replicas === before.replicas) return before.directories;
  return replicas.map((id) => {
    const index = before.replicas.indexOf(id);
    return (
      target?.directories?.get(id) ??
      (index < 0 ? rules.defaultDirectory(id) : (before.directories[index] ?? ZERO_UUID))
    );
  });
}

function withDirectoryOf(
  leader: number,
  replicas: readonly number[],
  directories: readonly Uuid[],
  rules: PartitionRules,
): readonly Uuid[] {
  return directories.map((directory, index) =>
    replicas[index] === leader && !rules.hasDirectory(leader, directory) ? rules.defaultDirectory(leader) : directory,
  );
}

/** Whether two lists hold the same items in the same order. */
export function sameItems<T>(left: readonly T[], right: readonly T[]): boolean {
  return left === right || (left.length === right.length && left.every((item, index) => item === right[index]));
}
