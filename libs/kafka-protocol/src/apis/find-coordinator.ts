import { defineApi } from '../api';
import { array, int16, int32, int8, string, stringList } from '../field';

/**
 * FindCoordinator (10): the broker that keeps a group or a transactional id.
 * v1 key type (KIP-98), throttle time, message; v3 flexible; v4 several keys (KIP-699); v5 TRANSACTION_ABORTABLE
 * (KIP-890); v6 share groups (KIP-932). Up to v3 one key and one answer, from v4 on lists.
 */
export const findCoordinator = defineApi({
  key: 10,
  name: 'FindCoordinator',
  versions: { min: 0, max: 6 },
  flexibleSince: 3,
  request: {
    key: string('0-3'),
    keyType: int8('1+', { default: 0 }),
    coordinatorKeys: stringList('4+'),
  },
  response: {
    throttleTimeMs: int32('1+'),
    errorCode: int16('0-3'),
    errorMessage: string('1-3', { nullable: '1-3', default: null }),
    nodeId: int32('0-3'),
    host: string('0-3'),
    port: int32('0-3'),
    coordinators: array('4+', {
      key: string('0+'),
      nodeId: int32('0+'),
      host: string('0+'),
      port: int32('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
});
