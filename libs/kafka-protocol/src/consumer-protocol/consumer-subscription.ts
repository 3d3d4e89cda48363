import { array, bytes, int32, int32List, string, stringList } from '../field';
import { defineVersionedBytes } from './versioned-bytes';

/**
 * What a consumer tells its group's leader in the metadata of JoinGroup (protocol type `consumer`).
 * v1 partitions it owns (KIP-429); v2 generation (KIP-792); v3 rack (KIP-881).
 */
export const consumerSubscription = defineVersionedBytes(
  {
    topics: stringList('0+'),
    userData: bytes('0+', { nullable: '0+', default: null }),
    ownedPartitions: array('1+', { topic: string('0+'), partitions: int32List('0+') }),
    generationId: int32('2+', { default: -1 }),
    rackId: string('3+', { nullable: '3+', default: null }),
  },
  3,
);
