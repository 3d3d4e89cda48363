import { apiVersions, type Frame } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import type { ApiHandler } from './api-handler';

/** What KIP-511 allows as a client's software name and version. */
const SOFTWARE_WORD = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

/** ApiVersions: the APIs with a handler, and the features this broker supports and the cluster has finalized (KIP-584). */
export const apiVersionsApi: ApiHandler<typeof apiVersions> = {
  api: apiVersions,
  handle({ clientSoftwareName, clientSoftwareVersion }, { broker, apiVersion, advertisedApis }) {
    const isNamed = SOFTWARE_WORD.test(clientSoftwareName) && SOFTWARE_WORD.test(clientSoftwareVersion);
    if (apiVersion >= 3 && !isNamed) return { errorCode: errorCode('INVALID_REQUEST'), apiKeys: [] };
    const image = broker.image();
    return {
      errorCode: 0,
      apiKeys: advertisedApis,
      supportedFeatures: (image.broker(broker.nodeId)?.features ?? []).map(({ name, minLevel, maxLevel }) => ({
        name,
        // Before version 4 clients cannot read a range that starts at 0 (KAFKA-17011).
        minVersion: apiVersion < 4 ? Math.max(1, minLevel) : minLevel,
        maxVersion: maxLevel,
      })),
      finalizedFeaturesEpoch: image.provenance.offset,
      finalizedFeatures: image
        .features()
        .filter(([, level]) => level > 0)
        .map(([name, level]) => ({ name, maxVersionLevel: level, minVersionLevel: level })),
    };
  },
};

/**
 * Answer to a version of ApiVersions we do not know, in the form of version 0, which every client can read: the error
 * and the versions of this one API, so that the client can ask again (KIP-511).
 */
export function unknownVersionResponse(correlationId: number): Frame {
  const { min, max } = apiVersions.versions;
  return apiVersions.encodeResponse(0, correlationId, {
    errorCode: errorCode('UNSUPPORTED_VERSION'),
    apiKeys: [{ apiKey: apiVersions.key, minVersion: min, maxVersion: max }],
  });
}
