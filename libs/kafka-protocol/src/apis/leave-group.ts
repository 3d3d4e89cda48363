import { defineApi } from '../api';
import { array, int16, int32, string } from '../field';

/**
 * LeaveGroup (13): members leave.
 * v1 throttle time; v3 several members, static ones too (KIP-345); v4 flexible; v5 reason (KIP-800). Up to v2 `memberId`
 * names the one member, from v3 on `members` has them.
 */
export const leaveGroup = defineApi({
  key: 13,
  name: 'LeaveGroup',
  versions: { min: 0, max: 5 },
  flexibleSince: 4,
  request: {
    groupId: string('0+'),
    memberId: string('0-2'),
    members: array('3+', {
      memberId: string('0+'),
      groupInstanceId: string('0+', { nullable: '3+', default: null }),
      reason: string('5+', { nullable: '5+', default: null }),
    }),
  },
  response: {
    throttleTimeMs: int32('1+'),
    errorCode: int16('0+'),
    members: array('3+', {
      memberId: string('0+'),
      groupInstanceId: string('0+', { nullable: '3+' }),
      errorCode: int16('0+'),
    }),
  },
});
