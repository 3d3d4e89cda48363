import type { PartitionChangeRecord, PartitionState } from '@milena/metadata';
import { NO_NODE, type Uuid } from '@milena/model';
import { partitionChange, type PartitionTarget } from './partition-change';
import type { PartitionRules } from './partition-rules';

/** A partition to be looked at. */
export interface UnsettledPartition {
  readonly topicId: Uuid;
  readonly partitionId: number;
  readonly state: PartitionState;
}

/**
 * Brings a partition in line with who is alive, and is idempotent: the record, undefined when all is well. Members that
 * are not active leave an ISR that has others; a leadership moves; a partition without a leader gets one if somebody
 * qualifies. A replica whose directory is gone counts as lost: it leaves the ISR, is not eligible any more, and starts
 * anew in its broker's default directory. The last one known to have the records keeps its old directory noted instead,
 * so that nobody but the disk that has them is elected (unless unclean election is allowed).
 *
 * @param lossyBroker a broker that stopped uncleanly: with ELR it is not eligible to lead what it had (KIP-966)
 */
export function settlePartition(
  { topicId, partitionId, state }: UnsettledPartition,
  rules: PartitionRules,
  lossyBroker?: number,
): PartitionChangeRecord | undefined {
  const { isr, elr } = state;
  const lost = lostReplicas(state, rules);
  const wasEligible =
    lossyBroker !== undefined && rules.elrEnabled && (elr.includes(lossyBroker) || isr.includes(lossyBroker));
  const isSound = state.leader !== NO_NODE && lost.length === 0 && isr.every((id) => rules.isActive(id));
  if (isSound && !wasEligible) return undefined;
  const lossyReplicas = lossyBroker === undefined ? lost : [...lost, lossyBroker];
  const active = isr.filter((id) => rules.isActive(id) && !lost.includes(id));
  const targetIsr = active.length > 0 || rules.elrEnabled ? active : isr.filter((id) => !lost.includes(id));
  const target: PartitionTarget = {
    isr: targetIsr,
    ...(lost.length === 0 ? {} : { directories: newDirectories(state, { lost, targetIsr, rules }) }),
  };
  return partitionChange({ topicId, partitionId, before: state, target, rules, lossyReplicas });
}

function lostReplicas({ replicas, directories }: PartitionState, rules: PartitionRules): readonly number[] {
  const isLost = (id: number, index: number): boolean => {
    const directory = directories[index];
    return directory !== undefined && rules.isRegistered(id) && !rules.hasDirectory(id, directory);
  };
  return replicas.some(isLost) ? replicas.filter(isLost) : [];
}

interface Losses {
  readonly lost: readonly number[];
  readonly targetIsr: readonly number[];
  readonly rules: PartitionRules;
}

function newDirectories(
  { leader, isr, lastKnownElr }: PartitionState,
  { lost, targetIsr, rules }: Losses,
): ReadonlyMap<number, Uuid> {
  const isLastOne = (id: number): boolean =>
    targetIsr.length === 0 && (leader === id || lastKnownElr.includes(id) || (isr.length === 1 && isr[0] === id));
  return new Map(lost.filter((id) => !isLastOne(id)).map((id) => [id, rules.defaultDirectory(id)]));
}
