import { unregisterBrokerRpc, updateFeaturesRpc } from '@milena/cluster-protocol';
import { failure, NO_OFFSET, success } from '@milena/model';
import { broker, GatewayScene } from './testing/gateway-scene';

const name = 'features/kraft.version';

describe('ClusterService, features', () => {
  it('changes a level and shows it', async () => {
    const scene = await GatewayScene.with([broker(1)]);
    scene.controller(updateFeaturesRpc, ({ updates, validateOnly }) => {
      expect([updates, validateOnly]).toEqual([[{ name: 'kraft.version', level: 1, upgradeType: 'UPGRADE' }], false]);
      const metadataOffset = scene.log.commit([{ type: 'FeatureLevelRecord', name: 'kraft.version', featureLevel: 1 }]);
      return success({ result: success(null), metadataOffset });
    });
    const change = { name, level: 1, direction: 1 };
    expect(await scene.call('ClusterService/UpdateFeature', change)).toMatchObject({
      feature: { name, finalizedLevel: 1, supported: { maxLevel: 1 } },
    });
    const feature = { name, finalizedLevel: 1, supported: { maxLevel: 1 } };
    expect(await scene.call('ClusterService/GetFeature', { name })).toEqual({ feature });
    const { failure: unknown } = await scene.call('ClusterService/GetFeature', { name: 'features/none' });
    expect(unknown).toMatchObject({ code: 'RESOURCE_NOT_FOUND', about: { feature: 'features/none' } });
  });

  it('says why a level is refused, and which field is wrong', async () => {
    const scene = await GatewayScene.with([broker(1)]);
    scene.controller(updateFeaturesRpc, () =>
      success({ result: failure('FEATURE_UPDATE_FAILED', 'no such level'), metadataOffset: NO_OFFSET }),
    );
    const { failure: refused } = await scene.call('ClusterService/UpdateFeature', { name, level: 9, direction: 1 });
    expect(refused).toMatchObject({ code: 'FEATURE_UPDATE_FAILED', about: { feature: name } });
    const { failure: vague } = await scene.call('ClusterService/UpdateFeature', { name, level: 1 });
    expect(vague?.violations).toMatchObject([{ field: 'direction' }]);
  });
});

describe('BrokerService, unregistering', () => {
  it('forgets a broker', async () => {
    const scene = await GatewayScene.with([broker(1), broker(2, { fenced: true })]);
    scene.controller(unregisterBrokerRpc, ({ brokerId }) => {
      expect(brokerId).toBe(2);
      const metadataOffset = scene.log.commit([{ type: 'NoOpRecord' }]);
      return success({ result: success(null), metadataOffset });
    });
    const checked = await scene.call('BrokerService/UnregisterBroker', { name: 'brokers/2', validateOnly: true });
    expect(checked).toEqual({});
    expect(await scene.call('BrokerService/UnregisterBroker', { name: 'brokers/2' })).toHaveProperty('metadataOffset');
    const { failure: unknown } = await scene.call('BrokerService/UnregisterBroker', { name: 'brokers/7' });
    expect(unknown).toMatchObject({ code: 'BROKER_ID_NOT_REGISTERED', about: { broker: 'brokers/7' } });
  });
});
