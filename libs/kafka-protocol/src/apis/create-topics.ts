import { defineApi } from '../api';
import { array, bool, int16, int32, int32List, int8, string, uuid } from '../field';

/**
 * CreateTopics (19).
 * v4 default partitions and replication factor, -1 (KIP-464); v5 flexible, answers with the topic's configs (KIP-525);
 * v6 THROTTLING_QUOTA_EXCEEDED (KIP-599); v7 answers with the topic id (KIP-516).
 */
export const createTopics = defineApi({
  key: 19,
  name: 'CreateTopics',
  versions: { min: 2, max: 7 },
  flexibleSince: 5,
  request: {
    topics: array('0+', {
      name: string('0+'),
      numPartitions: int32('0+'),
      replicationFactor: int16('0+'),
      assignments: array('0+', { partitionIndex: int32('0+'), brokerIds: int32List('0+') }),
      configs: array('0+', { name: string('0+'), value: string('0+', { nullable: '0+' }) }),
    }),
    timeoutMs: int32('0+', { default: 60000 }),
    validateOnly: bool('1+'),
  },
  response: {
    throttleTimeMs: int32('2+'),
    topics: array('0+', {
      name: string('0+'),
      topicId: uuid('7+'),
      errorCode: int16('0+'),
      errorMessage: string('1+', { nullable: '0+' }),
      topicConfigErrorCode: int16('5+', { tag: 0 }),
      numPartitions: int32('5+', { default: -1 }),
      replicationFactor: int16('5+', { default: -1 }),
      configs: array(
        '5+',
        {
          name: string('0+'),
          value: string('0+', { nullable: '0+' }),
          readOnly: bool('0+'),
          configSource: int8('0+', { default: -1 }),
          isSensitive: bool('0+'),
        },
        { nullable: '5+' },
      ),
    }),
  },
});
