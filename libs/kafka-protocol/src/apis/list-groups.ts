import { defineApi } from '../api';
import { array, int16, int32, string, stringList } from '../field';

/**
 * ListGroups (16): the groups one broker coordinates.
 * v1 throttle time; v3 flexible; v4 states (KIP-518); v5 types (KIP-848).
 */
export const listGroups = defineApi({
  key: 16,
  name: 'ListGroups',
  versions: { min: 0, max: 5 },
  flexibleSince: 3,
  request: {
    statesFilter: stringList('4+'),
    typesFilter: stringList('5+'),
  },
  response: {
    throttleTimeMs: int32('1+'),
    errorCode: int16('0+'),
    groups: array('0+', {
      groupId: string('0+'),
      protocolType: string('0+'),
      groupState: string('4+'),
      groupType: string('5+'),
    }),
  },
});
