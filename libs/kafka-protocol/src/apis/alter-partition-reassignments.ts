import { defineApi } from '../api';
import { array, bool, int16, int32, int32List, string } from '../field';

/**
 * AlterPartitionReassignments (45): moves replicas of partitions to other brokers (KIP-455). Null replicas cancel what is
 * under way. v1 lets the caller refuse changes of the replication factor (KIP-860).
 */
export const alterPartitionReassignments = defineApi({
  key: 45,
  name: 'AlterPartitionReassignments',
  versions: { min: 0, max: 1 },
  flexibleSince: 0,
  request: {
    timeoutMs: int32('0+', { default: 60_000 }),
    allowReplicationFactorChange: bool('1+', { default: true }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        replicas: int32List('0+', { nullable: '0+', default: null }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    allowReplicationFactorChange: bool('1+', { default: true }),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    responses: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', default: null }),
      }),
    }),
  },
});
