import { describeCluster } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import { FakeBroker, testUuid } from './testing/fake-broker';

describe('DescribeCluster', () => {
  it('shows live brokers, and the fenced ones when asked', async () => {
    const broker = new FakeBroker();
    const live = await broker.answer(describeCluster, 2, { includeClusterAuthorizedOperations: false });
    expect(live).toMatchObject({ errorCode: 0, clusterId: testUuid(50), controllerId: 1, endpointType: 1 });
    expect(live.brokers.map(({ brokerId }) => brokerId)).toEqual([1, 2]);
    const all = await broker.answer(describeCluster, 2, {
      includeClusterAuthorizedOperations: true,
      includeFencedBrokers: true,
    });
    expect(all.brokers).toMatchObject([{ isFenced: false }, { isFenced: false }, { brokerId: 3, isFenced: true }]);
    expect(all.clusterAuthorizedOperations).toBe(0b1111110100000);
  });

  it.each([
    [2, 'MISMATCHED_ENDPOINT_TYPE'],
    [3, 'UNSUPPORTED_ENDPOINT_TYPE'],
  ] as const)('refuses endpoint type %i', async (endpointType, error) => {
    const request = { includeClusterAuthorizedOperations: false, endpointType };
    expect(await new FakeBroker().answer(describeCluster, 1, request)).toMatchObject({ errorCode: errorCode(error) });
  });
});
