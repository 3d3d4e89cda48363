import type { PartitionState } from '@milena/metadata';
import { NO_NODE, type Uuid } from '@milena/model';
import type { PartitionRules } from './partition-rules';

/**
 * How a leader is chosen. ONLINE: the leader stays while it can; uncleanly only where the topic allows it. PREFERRED: the
 * first replica is tried before the present leader, and nobody uncleanly. UNCLEAN: as ONLINE, allowed whatever the topic
 * says, because an operator demands it (KIP-460).
 */
export type ElectionKind = 'ONLINE' | 'PREFERRED' | 'UNCLEAN';

/** Who leads, NO_NODE for nobody. */
export interface Elected {
  readonly leader: number;
  /** The leader may lack records that were acknowledged. */
  readonly unclean: boolean;
}

/** What an election sees. */
export interface ElectionInput {
  readonly kind: ElectionKind;
  readonly before: PartitionState;
  /** The replicas once the change has taken effect, like the others below. */
  readonly replicas: readonly number[];
  /** Parallel to `replicas`. */
  readonly directories: readonly Uuid[];
  readonly isr: readonly number[];
  readonly elr: readonly number[];
  readonly rules: PartitionRules;
}

const NOBODY: Elected = { leader: NO_NODE, unclean: false };

/**
 * Elects a leader by KRaft's rules. A replica can be elected when it is in the ISR, or in the ELR while the ISR is empty,
 * its broker is active, and the broker has the directory the replica was put in: the same broker with another disk has
 * none of the records. The present leader stays while that holds for it, else the first replica in order of assignment
 * follows. When ISR and ELR are empty the last known leader comes back as soon as it can (KIP-966's balanced recovery):
 * it has the most there is, yet that may be less than was acknowledged, so it counts as unclean. Last, if allowed, comes
 * the first active replica, whatever it has.
 */
export function electLeader({ kind, before, replicas, directories, isr, elr, rules }: ElectionInput): Elected {
  const canServe = (id: number): boolean => {
    const directory = directories[replicas.indexOf(id)];
    return directory !== undefined && rules.isActive(id) && rules.hasDirectory(id, directory);
  };
  const candidates = isr.length === 0 ? elr : isr;
  const isEligible = (id: number): boolean => candidates.includes(id) && canServe(id);
  const [preferred] = replicas;
  if (kind === 'PREFERRED' && preferred !== undefined && isEligible(preferred)) return clean(preferred);
  if (before.leader !== NO_NODE && isEligible(before.leader)) return clean(before.leader);
  const next = replicas.find(isEligible);
  if (next !== undefined) return clean(next);
  const [lastKnown] = before.lastKnownElr;
  if (rules.elrEnabled && candidates.length === 0 && lastKnown !== undefined && canServe(lastKnown)) {
    return { leader: lastKnown, unclean: true };
  }
  if (kind === 'PREFERRED' || (kind === 'ONLINE' && !rules.uncleanAllowed)) return NOBODY;
  const anyone = replicas.find((id) => rules.isActive(id));
  return anyone === undefined ? NOBODY : { leader: anyone, unclean: true };
}

function clean(leader: number): Elected {
  return { leader, unclean: false };
}
