import { MalformedInput } from '@milena/bytes';
import { apiVersions, KAFKA_APIS, metadata } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import { CloseConnection } from './close-connection';
import { FakeBroker } from './testing/fake-broker';

/** Fixed part of a header: api key, version, correlation id 7, client id null. */
function header(apiKey: number, version: number): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeInt16BE(apiKey, 0);
  bytes.writeInt16BE(version, 2);
  bytes.writeInt32BE(7, 4);
  bytes.writeInt16BE(-1, 8);
  return bytes;
}

describe('the dispatch', () => {
  it.each([
    ['an unknown api', 32_000, 0],
    ['an api that has no handler', 24, 4],
    ['a version above those advertised', metadata.key, metadata.versions.max + 1],
    ['a version below those advertised', 1, 3],
  ])('closes the connection for %s, because the form of an answer would be a guess', async (_name, key, version) => {
    await expect(new FakeBroker().askBytes(header(key, version))).rejects.toThrow(CloseConnection);
  });

  it('closes the connection for malformed bytes', async () => {
    await expect(new FakeBroker().askBytes(header(metadata.key, 1))).rejects.toThrow(MalformedInput);
    await expect(new FakeBroker().askBytes(Buffer.alloc(3))).rejects.toThrow(MalformedInput);
  });
});

describe('ApiVersions', () => {
  it.each([5, 99, -1])(
    'answers version %i in the form of version 0, with the versions it does speak',
    async (version) => {
      const answer = await new FakeBroker().askBytes(Buffer.concat([header(18, version), Buffer.from('odd bytes')]));
      expect(apiVersions.decodeResponse(0, answer ?? Buffer.alloc(0))).toMatchObject({
        correlationId: 7,
        body: { errorCode: errorCode('UNSUPPORTED_VERSION'), apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }] },
      });
      expect(answer).toHaveLength(4 + 2 + 4 + 6);
    },
  );

  it.each([0, 1, 2, 3, 4])('lists every api that is served, version %i', async (version) => {
    const request = { clientSoftwareName: 'librdkafka', clientSoftwareVersion: '2.0.2' };
    const { errorCode: error, apiKeys } = await new FakeBroker().answer(apiVersions, version, request);
    expect(error).toBe(0);
    expect(apiKeys.map(({ apiKey }) => apiKey).sort()).toEqual(KAFKA_APIS.map(({ key }) => key).sort());
  });

  it('advertises Produce from 0, or librdkafka sends nothing compressed', async () => {
    const { apiKeys } = await new FakeBroker().answer(apiVersions, 0, {});
    expect(apiKeys.find(({ apiKey }) => apiKey === 0)).toEqual({ apiKey: 0, minVersion: 0, maxVersion: 13 });
  });

  const client = { clientSoftwareName: 'spec', clientSoftwareVersion: '1.0' };

  it('tells the finalized features and their epoch, and never transaction.version by itself', async () => {
    const broker = new FakeBroker();
    broker.commit([{ type: 'FeatureLevelRecord', name: 'metadata.version', featureLevel: 27 }]);
    const answer = await broker.answer(apiVersions, 3, client);
    expect(answer.finalizedFeatures).toEqual([{ name: 'metadata.version', maxVersionLevel: 27, minVersionLevel: 27 }]);
    expect(answer.finalizedFeaturesEpoch).toBe(broker.image.provenance.offset);
  });

  it('shows a supported range from 0 to clients of version 4 only', async () => {
    const supported = async (version: number) =>
      (await new FakeBroker().answer(apiVersions, version, client)).supportedFeatures[0];
    expect(await supported(3)).toEqual({ name: 'kraft.version', minVersion: 1, maxVersion: 1 });
    expect(await supported(4)).toEqual({ name: 'kraft.version', minVersion: 0, maxVersion: 1 });
  });

  it('refuses a software name that is no word', async () => {
    const request = { clientSoftwareName: 'no good\n', clientSoftwareVersion: '1' };
    expect(await new FakeBroker().answer(apiVersions, 3, request)).toMatchObject({
      errorCode: errorCode('INVALID_REQUEST'),
    });
  });
});
