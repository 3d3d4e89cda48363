import { defineApi } from '../api';
import { array, bool, int16, int32, string, uint16, uuid } from '../field';

/**
 * AddRaftVoter (80): makes a controller that follows the metadata log one of its voters (KIP-853). v1 an answer before the
 * change is committed, for controllers that add themselves (KIP-1186).
 */
export const addRaftVoter = defineApi({
  key: 80,
  name: 'AddRaftVoter',
  versions: { min: 0, max: 1 },
  flexibleSince: 0,
  request: {
    clusterId: string('0+', { nullable: '0+' }),
    timeoutMs: int32('0+'),
    voterId: int32('0+'),
    voterDirectoryId: uuid('0+'),
    listeners: array('0+', { name: string('0+'), host: string('0+'), port: uint16('0+') }),
    ackWhenCommitted: bool('1+', { default: true }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
  },
});
