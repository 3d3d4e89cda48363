import { defineApi } from '../api';
import { array, bool, int16, int32, int8, string } from '../field';

/**
 * UpdateFeatures (57): changes finalized feature levels (KIP-584); level 0 removes one. v1 the kind of change, 1 upgrade,
 * 2 safe downgrade, 3 unsafe downgrade, and checking only (KIP-778); v2 one error for all, because all change or none
 * (KIP-1022).
 */
export const updateFeatures = defineApi({
  key: 57,
  name: 'UpdateFeatures',
  versions: { min: 0, max: 2 },
  flexibleSince: 0,
  request: {
    timeoutMs: int32('0+', { default: 60_000 }),
    featureUpdates: array('0+', {
      feature: string('0+'),
      maxVersionLevel: int16('0+'),
      allowDowngrade: bool('0'),
      upgradeType: int8('1+', { default: 1 }),
    }),
    validateOnly: bool('1+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    results: array('0-1', {
      feature: string('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
});
