import type { PartitionState } from '@milena/metadata';

/** Where the replicas of a partition are and where they are going (KIP-455). Nothing is moving when both lists are empty. */
export type PartitionAssignment = Pick<PartitionState, 'replicas' | 'addingReplicas' | 'removingReplicas'>;

/** What a partition is left with when a reassignment ends: nothing is being added or removed any more. */
export interface EndedReassignment {
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

/** Whether replicas are on the move. */
export function isReassigning({ addingReplicas, removingReplicas }: PartitionAssignment): boolean {
  return addingReplicas.length > 0 || removingReplicas.length > 0;
}

/** The replicas the partition will have when what is under way completes; those it has when nothing is. */
export function targetReplicas({ replicas, removingReplicas }: PartitionAssignment): readonly number[] {
  return without(replicas, removingReplicas);
}

/**
 * The way from a partition's replicas to `target`. A reassignment under way is replaced: what it was adding counts as
 * never assigned, so that a later cancel still restores where the partition was at first. The target stands first, so
 * that its first replica is the preferred leader from now on; what goes follows in order of id.
 */
export function reassignmentTo(before: PartitionAssignment, target: readonly number[]): PartitionAssignment {
  const original = without(before.replicas, before.addingReplicas);
  const addingReplicas = ascending(without(target, original));
  const removingReplicas = ascending(without(original, target));
  return { replicas: [...target, ...removingReplicas], addingReplicas, removingReplicas };
}

/**
 * What the partition is left with once every replica of the target is in `isr`; undefined while some are not, or when
 * nothing is under way.
 */
export function completedReassignment(
  assignment: PartitionAssignment,
  isr: readonly number[],
): EndedReassignment | undefined {
  if (!isReassigning(assignment)) return undefined;
  const replicas = targetReplicas(assignment);
  const isComplete = replicas.length > 0 && replicas.every((id) => isr.includes(id));
  return isComplete ? { replicas, isr: without(isr, assignment.removingReplicas) } : undefined;
}

/**
 * What the partition is left with when the reassignment under way is taken back: what was being added goes, what was
 * being removed stays. The ISR is empty when all of its members were being added: nobody who stays has every record.
 */
export function cancelledReassignment({ addingReplicas, ...state }: PartitionState): EndedReassignment {
  return { replicas: without(state.replicas, addingReplicas), isr: without(state.isr, addingReplicas) };
}

/** `ids` that are not in `taken`, in their order. */
export function without(ids: readonly number[], taken: readonly number[]): readonly number[] {
  return ids.filter((id) => !taken.includes(id));
}

function ascending(ids: readonly number[]): readonly number[] {
  return [...ids].sort((left, right) => left - right);
}
