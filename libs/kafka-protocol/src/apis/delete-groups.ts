import { defineApi } from '../api';
import { array, int16, int32, string, stringList } from '../field';

/**
 * DeleteGroups (42): forgets groups without members, and their offsets (KIP-229).
 * v2 flexible; v3 says why.
 */
export const deleteGroups = defineApi({
  key: 42,
  name: 'DeleteGroups',
  versions: { min: 0, max: 3 },
  flexibleSince: 2,
  request: {
    groupsNames: stringList('0+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      groupId: string('0+'),
      errorCode: int16('0+'),
      errorMessage: string('3+', { nullable: '3+', default: null }),
    }),
  },
});
