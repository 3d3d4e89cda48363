import { SUPPORTED_KRAFT_VERSIONS } from './kraft-versions';
import type { AddVoterRequest, KraftVersions } from './messages';
import { refusedChange, type RefusedChange } from './refused-change';
import type { VoterSet } from './voter-set';

/** Why `voters` cannot take this newcomer. An id is there once: whoever replaced its disk must be removed first. */
export function newcomerRefusal(voters: VoterSet, { voter }: AddVoterRequest): RefusedChange | undefined {
  if (voters.voter(voter.id) === undefined) return undefined;
  return refusedChange('DUPLICATE_VOTER', `a voter with id ${voter.id} is in the voter set already`);
}

/** The voter set with the newcomer; `kraftVersions` is what it told the probe. */
export function withNewcomer(
  voters: VoterSet,
  { voter, endpoint }: AddVoterRequest,
  kraftVersions: KraftVersions = SUPPORTED_KRAFT_VERSIONS,
): VoterSet {
  return voters.with({ key: voter, endpoint, kraftVersions });
}
