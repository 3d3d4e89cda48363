import { defineApi } from '../api';
import { array, int16, int32, string, stringList, uuid } from '../field';

/**
 * DeleteTopics (20).
 * v1 throttle time; v4 flexible; v5 error message, THROTTLING_QUOTA_EXCEEDED (KIP-599); v6 topics by name or id (KIP-516).
 */
export const deleteTopics = defineApi({
  key: 20,
  name: 'DeleteTopics',
  versions: { min: 1, max: 6 },
  flexibleSince: 4,
  request: {
    topics: array('6+', { name: string('0+', { nullable: '0+', default: null }), topicId: uuid('0+') }),
    topicNames: stringList('0-5'),
    timeoutMs: int32('0+'),
  },
  response: {
    throttleTimeMs: int32('1+'),
    responses: array('0+', {
      name: string('0+', { nullable: '6+' }),
      topicId: uuid('6+'),
      errorCode: int16('0+'),
      errorMessage: string('5+', { nullable: '5+', default: null }),
    }),
  },
});
