import type { RemoveVoterRequest } from './messages';
import { refusedChange, type RefusedChange } from './refused-change';
import type { VoterSet } from './voter-set';

/** Why the voter cannot be removed from `voters`. */
export function removalRefusal(voters: VoterSet, { voter }: RemoveVoterRequest): RefusedChange | undefined {
  if (!voters.includes(voter)) {
    return refusedChange('VOTER_NOT_FOUND', `no voter has id ${voter.id} and that directory id`);
  }
  if (voters.size === 1) return refusedChange('INVALID_REQUEST', 'the only voter cannot be removed');
  return undefined;
}

/** The voter set without the one to remove. */
export function withoutVoter(voters: VoterSet, { voter }: RemoveVoterRequest): VoterSet {
  return voters.without(voter.id);
}
