import { array, bytes, int32List, string } from '../field';
import { defineVersionedBytes } from './versioned-bytes';

/** What the leader of a group of consumers assigns to a member in SyncGroup (protocol type `consumer`); v0 to v3 are alike. */
export const consumerAssignment = defineVersionedBytes(
  {
    assignedPartitions: array('0+', { topic: string('0+'), partitions: int32List('0+') }),
    userData: bytes('0+', { nullable: '0+', default: null }),
  },
  3,
);
