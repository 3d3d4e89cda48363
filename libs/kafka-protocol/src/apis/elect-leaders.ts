import { defineApi } from '../api';
import { array, int16, int32, int32List, int8, string } from '../field';

/**
 * ElectLeaders (43): elects leaders of partitions now (KIP-460); null partitions stand for all. v1 the kind of election:
 * 0 preferred, 1 unclean; before there are only preferred ones. v2 flexible.
 */
export const electLeaders = defineApi({
  key: 43,
  name: 'ElectLeaders',
  versions: { min: 0, max: 2 },
  flexibleSince: 2,
  request: {
    electionType: int8('1+'),
    topicPartitions: array('0+', { topic: string('0+'), partitions: int32List('0+') }, { nullable: '0+' }),
    timeoutMs: int32('0+', { default: 60_000 }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('1+'),
    replicaElectionResults: array('0+', {
      topic: string('0+'),
      partitionResult: array('0+', {
        partitionId: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', default: null }),
      }),
    }),
  },
});
