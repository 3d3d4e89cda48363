import { defineApi } from '../api';
import { int16, int32, string, uuid } from '../field';

/** RemoveRaftVoter (81): takes a voter out of the set; it may be the leader (KIP-853). */
export const removeRaftVoter = defineApi({
  key: 81,
  name: 'RemoveRaftVoter',
  versions: { min: 0, max: 0 },
  flexibleSince: 0,
  request: {
    clusterId: string('0+', { nullable: '0+' }),
    voterId: int32('0+'),
    voterDirectoryId: uuid('0+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
  },
});
