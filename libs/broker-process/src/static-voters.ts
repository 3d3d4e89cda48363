import type { NodeConfig } from '@milena/config';
import type { Voter } from '@milena/raft';

/** The voters of `controller.quorum.voters`, whose log directories nobody told us. */
export function staticVoters({ quorum }: NodeConfig): readonly Voter[] {
  return quorum.voters.map(({ id, endpoint }) => ({ key: { id }, endpoint, kraftVersions: { min: 0, max: 1 } }));
}
