import { array, bytes, int32, int64, string } from '../field';
import { defineRecordSchema } from './record-schema';

/** Key of a classic group in `__consumer_offsets`; its version is the key's type. */
export const groupMetadataKey = defineRecordSchema({ group: string('2+') }, { min: 2, max: 2 });

/**
 * A classic group in `__consumer_offsets`. v1 adds the rebalance timeout, v2 the time of the last change of state, v3
 * static members (KIP-345); v4 is flexible.
 */
export const groupMetadataValue = defineRecordSchema(
  {
    protocolType: string('0+'),
    generation: int32('0+'),
    protocol: string('0+', { nullable: '0+' }),
    leader: string('0+', { nullable: '0+' }),
    currentStateTimestamp: int64('2+', { default: -1 }),
    members: array('0+', {
      memberId: string('0+'),
      groupInstanceId: string('3+', { nullable: '3+', default: null }),
      clientId: string('0+'),
      clientHost: string('0+'),
      rebalanceTimeout: int32('1+', { default: -1 }),
      sessionTimeout: int32('0+'),
      subscription: bytes('0+'),
      assignment: bytes('0+'),
    }),
  },
  { min: 0, max: 4, flexibleFrom: 4 },
);
