import type { Disk } from '@milena/platform';
import { type BootstrapVoters, VoterSet } from '@milena/raft';
import { readBootstrapCheckpoint, UnusableBootstrapCheckpoint } from './bootstrap-checkpoint';
import { voterSet } from './metadata-raft-batches';
import type { QuorumStateFormat } from './quorum-state-file';
import type { RaftDriverOptions, StaticVoter } from './raft-driver-options';

/**
 * The voters that a node knows before its log says anything: those of the bootstrap checkpoint, or those of the configuration.
 * UnusableBootstrapCheckpoint when there is neither anybody nor anybody to ask, or both.
 */
export function bootstrapVoters(
  disk: Disk,
  folder: string,
  { staticVoters = [], bootstrapServers = [] }: Pick<RaftDriverOptions, 'staticVoters' | 'bootstrapServers'>,
): BootstrapVoters {
  const checkpoint = readBootstrapCheckpoint(disk, folder);
  if (checkpoint === undefined) {
    if (staticVoters.length === 0 && bootstrapServers.length === 0) {
      throw new UnusableBootstrapCheckpoint(
        `${folder} was formatted without voters, and neither controller.quorum.bootstrap.servers nor controller.quorum.voters says whom to ask`,
      );
    }
    const source = staticVoters.length > 0 ? 'static' : 'checkpoint';
    return { voters: staticVoterSet(staticVoters), source };
  }
  if (staticVoters.length > 0) {
    // Two quorums could form from two truths about who votes (KAFKA-19489).
    throw new UnusableBootstrapCheckpoint(
      `${folder} was formatted with voters, so controller.quorum.voters must not be set`,
    );
  }
  return { voters: voterSet(checkpoint.voters), source: 'checkpoint' };
}

/** Version 0 lists the static voters; a voter set of the log's own, or one that will be, needs version 1 (KIP-853). */
export function quorumStateFormat({ source, voters }: BootstrapVoters, kraftVersion: number): QuorumStateFormat {
  return source === 'static' && kraftVersion === 0 ? { dataVersion: 0, voterIds: voters.ids } : { dataVersion: 1 };
}

/** What a static voter supports is not known before it is heard from: both versions, as a newly formatted one does. */
function staticVoterSet(voters: readonly StaticVoter[]): VoterSet {
  return VoterSet.of(voters.map(({ id, endpoint }) => ({ key: { id }, endpoint, kraftVersions: { min: 0, max: 1 } })));
}
