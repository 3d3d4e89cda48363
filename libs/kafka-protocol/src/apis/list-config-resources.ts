import { defineApi } from '../api';
import { array, int16, int32, int8, int8List, string } from '../field';

/**
 * ListConfigResources (74): what carries configuration.
 * v0 client metrics subscriptions only (KIP-714); v1 all types, or those asked for (KIP-1142).
 */
export const listConfigResources = defineApi({
  key: 74,
  name: 'ListConfigResources',
  versions: { min: 0, max: 1 },
  flexibleSince: 0,
  request: {
    resourceTypes: int8List('1+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    configResources: array('0+', {
      resourceName: string('0+'),
      resourceType: int8('1+', { default: 16 }),
    }),
  },
});
