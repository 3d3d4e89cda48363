import { defineApi } from '../api';
import { array, bool, int16, int32, int32List, string, uuid } from '../field';

/** Kafka's "authorized operations were not asked for". */
export const NO_AUTHORIZED_OPERATIONS = -2147483648;

/**
 * Metadata (3): brokers, topics, partitions and their leaders.
 * v1 racks, controller, internal topics, null topics mean all; v2 cluster id; v3 throttle time; v4 auto creation flag;
 * v5 offline replicas (KIP-112); v7 leader epoch (KIP-320); v8 authorized operations (KIP-430); v9 flexible;
 * v10 topic ids (KIP-516); v11 drops the cluster's authorized operations (KIP-700); v12 topics by id;
 * v13 top-level error code (KIP-1102).
 */
export const metadata = defineApi({
  key: 3,
  name: 'Metadata',
  versions: { min: 0, max: 13 },
  flexibleSince: 9,
  request: {
    topics: array(
      '0+',
      {
        topicId: uuid('10+'),
        name: string('0+', { nullable: '10+' }),
      },
      { nullable: '1+' },
    ),
    allowAutoTopicCreation: bool('4+', { default: true }),
    includeClusterAuthorizedOperations: bool('8-10'),
    includeTopicAuthorizedOperations: bool('8+'),
  },
  response: {
    throttleTimeMs: int32('3+'),
    brokers: array('0+', {
      nodeId: int32('0+'),
      host: string('0+'),
      port: int32('0+'),
      rack: string('1+', { nullable: '1+', default: null }),
    }),
    clusterId: string('2+', { nullable: '2+', default: null }),
    controllerId: int32('1+', { default: -1 }),
    topics: array('0+', {
      errorCode: int16('0+'),
      name: string('0+', { nullable: '12+' }),
      topicId: uuid('10+'),
      isInternal: bool('1+'),
      partitions: array('0+', {
        errorCode: int16('0+'),
        partitionIndex: int32('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('7+', { default: -1 }),
        replicaNodes: int32List('0+'),
        isrNodes: int32List('0+'),
        offlineReplicas: int32List('5+'),
      }),
      topicAuthorizedOperations: int32('8+', { default: NO_AUTHORIZED_OPERATIONS }),
    }),
    clusterAuthorizedOperations: int32('8-10', { default: NO_AUTHORIZED_OPERATIONS }),
    errorCode: int16('13+'),
  },
});
