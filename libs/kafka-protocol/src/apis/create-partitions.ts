import { defineApi } from '../api';
import { array, bool, int16, int32, int32List, string } from '../field';

/**
 * CreatePartitions (37): adds partitions to topics (KIP-195). `count` is the total afterwards; null assignments leave the
 * placement to the controller. v2 flexible; v3 THROTTLING_QUOTA_EXCEEDED (KIP-599).
 */
export const createPartitions = defineApi({
  key: 37,
  name: 'CreatePartitions',
  versions: { min: 0, max: 3 },
  flexibleSince: 2,
  request: {
    topics: array('0+', {
      name: string('0+'),
      count: int32('0+'),
      assignments: array('0+', { brokerIds: int32List('0+') }, { nullable: '0+' }),
    }),
    timeoutMs: int32('0+'),
    validateOnly: bool('0+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      name: string('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
});
