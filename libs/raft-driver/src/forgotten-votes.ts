import type { PartitionLog } from '@milena/log-store';
import { addOffset } from '@milena/model';
import type { QuorumState } from '@milena/raft';
import type { CommittedMark } from './committed-mark';
import { QUORUM_STATE_FILE, UnusableQuorumState } from './quorum-state-file';

/** Throws UnusableQuorumState when a voter that has committed records has no quorum-state: it does not know whom it voted for. */
export function refuseMissingVotes(folder: string, restored: QuorumState | undefined, mark: CommittedMark): void {
  if (restored !== undefined || mark.offset === 0) return;
  throw new UnusableQuorumState(`${folder}/${QUORUM_STATE_FILE} is missing, though records were committed here`);
}

/**
 * Throws UnusableQuorumState when committed records are of an epoch that quorum-state does not reach. It was durable before
 * they were, so it is an older copy, which has forgotten votes, or their epoch is damaged.
 */
export function refuseForgottenVotes(
  folder: string,
  restored: QuorumState | undefined,
  { mark, log }: { readonly mark: CommittedMark; readonly log: PartitionLog },
): void {
  if (mark.offset === 0) return;
  const [epoch, known] = [log.epochAt(addOffset(mark.offset, -1)), restored?.leaderEpoch ?? 0];
  if (epoch <= known) return;
  throw new UnusableQuorumState(
    `${folder}/${QUORUM_STATE_FILE} cannot be used: it ends at epoch ${known}, but records of epoch ${epoch} were committed here`,
  );
}
