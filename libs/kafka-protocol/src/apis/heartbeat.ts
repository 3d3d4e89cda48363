import { defineApi } from '../api';
import { int16, int32, string } from '../field';

/**
 * Heartbeat (12): a member lives, and learns of rebalances.
 * v1 throttle time; v3 static members (KIP-345); v4 flexible.
 */
export const heartbeat = defineApi({
  key: 12,
  name: 'Heartbeat',
  versions: { min: 0, max: 4 },
  flexibleSince: 4,
  request: {
    groupId: string('0+'),
    generationId: int32('0+'),
    memberId: string('0+'),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
  },
  response: {
    throttleTimeMs: int32('1+'),
    errorCode: int16('0+'),
  },
});
