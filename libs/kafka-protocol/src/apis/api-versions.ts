import { defineApi } from '../api';
import { array, bool, int16, int32, int64, string } from '../field';

/**
 * ApiVersions (18): which APIs and versions a broker speaks; the first request on most connections.
 * v1 throttle time; v3 flexible, client software name, features (KIP-584, KIP-482), error answers in v0 form (KIP-511);
 * v4 lets a supported feature start at level 0 (KAFKA-17011). The response header is version 0 in every version.
 */
export const apiVersions = defineApi({
  key: 18,
  name: 'ApiVersions',
  versions: { min: 0, max: 4 },
  flexibleSince: 3,
  plainResponseHeader: true,
  request: {
    clientSoftwareName: string('3+'),
    clientSoftwareVersion: string('3+'),
  },
  response: {
    errorCode: int16('0+'),
    apiKeys: array('0+', {
      apiKey: int16('0+'),
      minVersion: int16('0+'),
      maxVersion: int16('0+'),
    }),
    throttleTimeMs: int32('1+'),
    supportedFeatures: array(
      '3+',
      {
        name: string('0+'),
        minVersion: int16('0+'),
        maxVersion: int16('0+'),
      },
      { tag: 0 },
    ),
    finalizedFeaturesEpoch: int64('3+', { tag: 1, default: -1 }),
    finalizedFeatures: array(
      '3+',
      {
        name: string('0+'),
        maxVersionLevel: int16('0+'),
        minVersionLevel: int16('0+'),
      },
      { tag: 2 },
    ),
    zkMigrationReady: bool('3+', { tag: 3 }),
  },
});
