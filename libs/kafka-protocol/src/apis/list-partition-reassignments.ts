import { defineApi } from '../api';
import { array, int16, int32, int32List, string } from '../field';

/** ListPartitionReassignments (46): what is being moved (KIP-455). Null topics list everything. */
export const listPartitionReassignments = defineApi({
  key: 46,
  name: 'ListPartitionReassignments',
  versions: { min: 0, max: 0 },
  flexibleSince: 0,
  request: {
    timeoutMs: int32('0+', { default: 60_000 }),
    topics: array('0+', { name: string('0+'), partitionIndexes: int32List('0+') }, { nullable: '0+', default: null }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        replicas: int32List('0+'),
        addingReplicas: int32List('0+'),
        removingReplicas: int32List('0+'),
      }),
    }),
  },
});
