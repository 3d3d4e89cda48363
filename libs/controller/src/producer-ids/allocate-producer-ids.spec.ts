import { producerId } from '@milena/model';
import { Scenario } from '../testing/scenario';
import { allocateProducerIds } from './allocate-producer-ids';

function setUp() {
  const scenario = new Scenario();
  scenario.start(1);
  scenario.start(2);
  const allocate = (brokerId: number, brokerEpoch = scenario.epochOf(brokerId)) =>
    scenario.commit(allocateProducerIds(scenario.image, { principal: 'User:broker', brokerId, brokerEpoch }));
  return { scenario, allocate };
}

describe('allocating producer ids', () => {
  it('never gives an id twice', () => {
    const { allocate } = setUp();
    expect([allocate(1), allocate(2), allocate(1)]).toEqual(
      [0, 1000, 2000].map((firstProducerId) => ({ ok: true, value: { firstProducerId, count: 1000 } })),
    );
  });

  it('refuses a broker that is not registered with that epoch', () => {
    const { scenario, allocate } = setUp();
    expect(allocate(1, 1)).toMatchObject({ error: { code: 'STALE_BROKER_EPOCH' } });
    expect(allocate(9, 1)).toMatchObject({ error: { code: 'BROKER_ID_NOT_REGISTERED' } });
    expect(scenario.image.nextProducerId).toBe(0);
  });

  it('ends before ids that a number cannot hold', () => {
    const { scenario, allocate } = setUp();
    const epoch = scenario.image.broker(1)!.epoch;
    const nextProducerId = producerId(Number.MAX_SAFE_INTEGER - 10);
    scenario.append([{ type: 'ProducerIdsRecord', brokerId: 1, brokerEpoch: epoch, nextProducerId }]);
    expect(allocate(1)).toMatchObject({ error: { code: 'UNKNOWN_SERVER_ERROR' } });
  });
});
