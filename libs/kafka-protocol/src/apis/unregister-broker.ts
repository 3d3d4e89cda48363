import { defineApi } from '../api';
import { int16, int32, string } from '../field';

/** UnregisterBroker (64): forgets the registration of a broker that is gone for good (KIP-500). */
export const unregisterBroker = defineApi({
  key: 64,
  name: 'UnregisterBroker',
  versions: { min: 0, max: 0 },
  flexibleSince: 0,
  request: { brokerId: int32('0+') },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
  },
});
