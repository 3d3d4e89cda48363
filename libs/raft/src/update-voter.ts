import { supportsDynamicVoters } from './kraft-versions';
import type { UpdateVoterRequest } from './messages';
import type { RaftContext } from './raft-context';
import { refusedChange, type RefusedChange } from './refused-change';
import type { VoterSet } from './voter-set';

/** Why the voter's entry cannot be changed. */
export function updateRefusal(
  { quorum, history }: RaftContext,
  { epoch, voter, kraftVersions }: UpdateVoterRequest,
): RefusedChange | undefined {
  if (epoch < quorum.epoch) return refusedChange('FENCED_LEADER_EPOCH', 'the voter is in an older epoch');
  if (epoch > quorum.epoch) return refusedChange('UNKNOWN_LEADER_EPOCH', 'the voter is in a newer epoch');
  if (!history.latest.includes(voter)) {
    return refusedChange('VOTER_NOT_FOUND', `no voter has id ${voter.id} and that directory id`);
  }
  if (history.isWritten && !supportsDynamicVoters(kraftVersions)) {
    return refusedChange('INVALID_REQUEST', 'a voter must support kraft.version 1');
  }
  return undefined;
}

/** The voter set with the voter's new entry. */
export function withUpdate(voters: VoterSet, { voter, endpoint, kraftVersions }: UpdateVoterRequest): VoterSet {
  return voters.with({ key: voter, endpoint, kraftVersions });
}
