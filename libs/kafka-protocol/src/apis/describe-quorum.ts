import { defineApi } from '../api';
import { array, int16, int32, int64, string, uint16, uuid } from '../field';

const replicas = () =>
  array('0+', {
    replicaId: int32('0+'),
    replicaDirectoryId: uuid('2+'),
    logEndOffset: int64('0+'),
    lastFetchTimestamp: int64('1+', { default: -1 }),
    lastCaughtUpTimestamp: int64('1+', { default: -1 }),
  });

/**
 * DescribeQuorum (55): the replicas of the metadata log as their leader sees them (KIP-595). -1 is an unknown offset or
 * time. v1 times (KIP-836); v2 directory ids, error messages, the voters' listeners (KIP-853).
 */
export const describeQuorum = defineApi({
  key: 55,
  name: 'DescribeQuorum',
  versions: { min: 0, max: 2 },
  flexibleSince: 0,
  request: {
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', { partitionIndex: int32('0+') }),
    }),
  },
  response: {
    errorCode: int16('0+'),
    errorMessage: string('2+', { nullable: '2+', default: null }),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('2+', { nullable: '2+', default: null }),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
        highWatermark: int64('0+'),
        currentVoters: replicas(),
        observers: replicas(),
      }),
    }),
    nodes: array('2+', {
      nodeId: int32('2+'),
      listeners: array('2+', { name: string('2+'), host: string('2+'), port: uint16('2+') }),
    }),
  },
});
