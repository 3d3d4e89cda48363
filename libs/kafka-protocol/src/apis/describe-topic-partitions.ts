import { defineApi } from '../api';
import { array, bool, int16, int32, int32List, string, struct, uuid } from '../field';
import { NO_AUTHORIZED_OPERATIONS } from './metadata';

/** DescribeTopicPartitions (75): topics and partitions page by page, with the eligible leader replicas (KIP-966). */
export const describeTopicPartitions = defineApi({
  key: 75,
  name: 'DescribeTopicPartitions',
  versions: { min: 0, max: 0 },
  flexibleSince: 0,
  request: {
    topics: array('0+', { name: string('0+') }),
    responsePartitionLimit: int32('0+', { default: 2000 }),
    cursor: struct('0+', { topicName: string('0+'), partitionIndex: int32('0+') }, { nullable: '0+' }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    topics: array('0+', {
      errorCode: int16('0+'),
      name: string('0+', { nullable: '0+' }),
      topicId: uuid('0+'),
      isInternal: bool('0+', { default: false }),
      partitions: array('0+', {
        errorCode: int16('0+'),
        partitionIndex: int32('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+', { default: -1 }),
        replicaNodes: int32List('0+'),
        isrNodes: int32List('0+'),
        eligibleLeaderReplicas: int32List('0+', { nullable: '0+', default: null }),
        lastKnownElr: int32List('0+', { nullable: '0+', default: null }),
        offlineReplicas: int32List('0+'),
      }),
      topicAuthorizedOperations: int32('0+', { default: NO_AUTHORIZED_OPERATIONS }),
    }),
    nextCursor: struct('0+', { topicName: string('0+'), partitionIndex: int32('0+') }, { nullable: '0+' }),
  },
});
