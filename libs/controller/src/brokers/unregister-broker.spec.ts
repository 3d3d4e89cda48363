import { SUPPORTED_FEATURES } from '@milena/metadata';
import { registerController } from '../controllers/register-controller';
import { CLUSTER_ID, idNamed, Scenario } from '../testing/scenario';
import { unregisterBroker } from './unregister-broker';

/** A broker 1, and the controllers 101 and 1: node 1 has both roles. */
function scene(): Scenario {
  const scenario = new Scenario();
  scenario.register(1);
  for (const controllerId of [1, 101]) {
    const request = { clusterId: CLUSTER_ID, controllerId, incarnationId: idNamed(`c${controllerId}`), listeners: [] };
    const features = SUPPORTED_FEATURES;
    scenario.commit(registerController(scenario.image, { ...request, features }, { clusterId: CLUSTER_ID }));
  }
  return scenario;
}

function unregister(scenario: Scenario, brokerId: number, voterIds: readonly number[] = []) {
  const { image, defaults } = scenario;
  const request = { principal: 'User:alice', brokerId, timeoutMs: 1000 };
  return scenario.commit(unregisterBroker(image, request, { defaults, voterIds })).result;
}

describe('unregisterBroker', () => {
  it('does not forget a voter, in whatever role it is known (KAFKA-20865)', () => {
    const scenario = scene();
    for (const id of [1, 101]) {
      expect(unregister(scenario, id, [1, 101])).toMatchObject({
        error: { code: 'INVALID_REQUEST', message: expect.stringContaining(`node ${id} is a voter`) },
      });
    }
    expect(scenario.lastRecords).toEqual([]);
  });

  it('forgets a controller that votes no more, so that nobody asks any longer what it supports', () => {
    const scenario = scene();
    expect(unregister(scenario, 101, [1])).toMatchObject({ ok: true });
    expect(scenario.image.controllers().map(({ id }) => id)).toEqual([1]);
    expect(unregister(scenario, 101, [1])).toMatchObject({ error: { code: 'BROKER_ID_NOT_REGISTERED' } });
  });

  it('forgets both roles of a node', () => {
    const scenario = scene();
    expect(unregister(scenario, 1, [101])).toMatchObject({ ok: true });
    expect(scenario.image.broker(1)).toBeUndefined();
    expect(scenario.image.controllers().map(({ id }) => id)).toEqual([101]);
  });
});
