import { defineApi } from '../api';
import { array, bool, int16, int32, int8, string } from '../field';
import { NO_AUTHORIZED_OPERATIONS } from './metadata';

/**
 * DescribeCluster (60): the brokers and the controller (KIP-700).
 * v1 endpoint type, brokers or controllers (KIP-919); v2 fenced brokers (KIP-1073).
 */
export const describeCluster = defineApi({
  key: 60,
  name: 'DescribeCluster',
  versions: { min: 0, max: 2 },
  flexibleSince: 0,
  request: {
    includeClusterAuthorizedOperations: bool('0+'),
    endpointType: int8('1+', { default: 1 }),
    includeFencedBrokers: bool('2+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    endpointType: int8('1+', { default: 1 }),
    clusterId: string('0+'),
    controllerId: int32('0+', { default: -1 }),
    brokers: array('0+', {
      brokerId: int32('0+'),
      host: string('0+'),
      port: int32('0+'),
      rack: string('0+', { nullable: '0+', default: null }),
      isFenced: bool('2+'),
    }),
    clusterAuthorizedOperations: int32('0+', { default: NO_AUTHORIZED_OPERATIONS }),
  },
});
