import { defineApi } from '../api';
import { array, bool, bytes, int16, int32, string, stringList } from '../field';
import { NO_AUTHORIZED_OPERATIONS } from './metadata';

/**
 * DescribeGroups (15): state and members of groups.
 * v1 throttle time; v3 authorized operations (KIP-430); v4 static members (KIP-345); v5 flexible; v6 GROUP_ID_NOT_FOUND
 * with a message where earlier versions see a dead group (KIP-1043).
 */
export const describeGroups = defineApi({
  key: 15,
  name: 'DescribeGroups',
  versions: { min: 0, max: 6 },
  flexibleSince: 5,
  request: {
    groups: stringList('0+'),
    includeAuthorizedOperations: bool('3+'),
  },
  response: {
    throttleTimeMs: int32('1+'),
    groups: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('6+', { nullable: '6+', default: null }),
      groupId: string('0+'),
      groupState: string('0+'),
      protocolType: string('0+'),
      protocolData: string('0+'),
      members: array('0+', {
        memberId: string('0+'),
        groupInstanceId: string('4+', { nullable: '4+', default: null }),
        clientId: string('0+'),
        clientHost: string('0+'),
        memberMetadata: bytes('0+'),
        memberAssignment: bytes('0+'),
      }),
      authorizedOperations: int32('3+', { default: NO_AUTHORIZED_OPERATIONS }),
    }),
  },
});
