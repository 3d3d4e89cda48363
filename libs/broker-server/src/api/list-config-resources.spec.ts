import { listConfigResources } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import { FakeBroker } from './testing/fake-broker';

async function listed(version: number, resourceTypes: readonly number[] = []) {
  const { configResources } = await new FakeBroker().answer(listConfigResources, version, { resourceTypes });
  return configResources.map(({ resourceType, resourceName }) => `${resourceType} ${resourceName}`);
}

describe('ListConfigResources', () => {
  it('lists topics and brokers, or the kinds asked for', async () => {
    expect(await listed(1)).toEqual(['2 events', '2 audit', '4 1', '4 2', '4 3']);
    expect(await listed(1, [4, 32])).toEqual(['4 1', '4 2', '4 3']);
  });

  it('has no client metrics to list in version 0', async () => {
    expect(await listed(0)).toEqual([]);
  });

  it('refuses kinds it does not know', async () => {
    const answer = await new FakeBroker().answer(listConfigResources, 1, { resourceTypes: [7] });
    expect(answer.errorCode).toBe(errorCode('UNSUPPORTED_VERSION'));
  });
});
