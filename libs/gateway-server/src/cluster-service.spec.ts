import { broker, GatewayScene, topic, topicConfig } from './testing/gateway-scene';

describe('ClusterService', () => {
  it('describes the cluster as of the newest record', async () => {
    const scene = await GatewayScene.with([broker(1), broker(2), ...topic('orders', 1, [1, 2, 1])]);
    scene.log.commit([{ type: 'FeatureLevelRecord', name: 'metadata.version', featureLevel: 27 }], {
      timeMs: 1_750_000_000_500,
    });
    expect(await scene.call('ClusterService/GetCluster')).toEqual({
      cluster: {
        clusterId: 'cluster',
        activeControllerId: 101,
        controllerEpoch: 3,
        brokerCount: 2,
        topicCount: 1,
        partitionCount: 3,
        metadataOffset: '6',
        metadataTime: '2025-06-15T15:06:40.500Z',
        features: { 'metadata.version': 27 },
      },
    });
  });

  it('lists features with what every registered broker supports', async () => {
    const scene = await GatewayScene.with([broker(1)]);
    const pages: unknown[] = [];
    let pageToken: unknown = '';
    do {
      const page = await scene.call('ClusterService/ListFeatures', { pageSize: 1, pageToken });
      pages.push(...(page['features'] as unknown[]));
      pageToken = page['nextPageToken'];
    } while (pageToken !== undefined);
    // The broker of the scene does not support the others.
    expect(pages).toEqual([
      { name: 'features/eligible.leader.replicas.version' },
      { name: 'features/kraft.version', supported: { maxLevel: 1 } },
      { name: 'features/metadata.version' },
    ]);
  });

  describe('on health', () => {
    const health = async (scene: GatewayScene) => (await scene.call('ClusterService/GetClusterHealth'))['health'];

    it('finds nothing wrong with a cluster whose replicas are all in sync', async () => {
      const scene = await GatewayScene.with([broker(1), broker(2), ...topic('orders', 1, [1, 2])]);
      expect(await health(scene)).toEqual({ status: 'STATUS_HEALTHY' });
    });

    it('is degraded by a fenced broker and replicas out of sync', async () => {
      const scene = await GatewayScene.with([broker(1), broker(2, { fenced: true }), ...topic('orders', 1, [1])]);
      scene.log.commit([
        topicConfig('orders', 'min.insync.replicas', '2'),
        { type: 'PartitionChangeRecord', topicId: (await topicId(scene)) as never, partitionId: 0, isr: [1] },
      ]);
      expect(await health(scene)).toEqual({
        status: 'STATUS_DEGRADED',
        reasons: [
          '1 partition with fewer replicas in sync than min.insync.replicas',
          '1 partition with replicas that are not in sync',
          '1 of 2 brokers are fenced or leaving',
        ],
        inactiveBrokers: ['brokers/2'],
        underReplicatedPartitionCount: 1,
        underMinIsrPartitionCount: 1,
        affectedPartitions: ['topics/orders/partitions/0'],
      });
    });

    it('is unavailable without a leader of a partition, or without an active controller', async () => {
      const scene = await GatewayScene.with([broker(1), broker(2), ...topic('orders', 1, [1, -1])]);
      expect(await health(scene)).toMatchObject({ status: 'STATUS_UNAVAILABLE', leaderlessPartitionCount: 1 });
      const headless = await GatewayScene.with([broker(1), broker(2), ...topic('orders', 1, [1])]);
      headless.log.isLive = false;
      expect(await health(headless)).toEqual({
        status: 'STATUS_UNAVAILABLE',
        reasons: ['no active controller answers'],
      });
    });
  });
});

async function topicId(scene: GatewayScene): Promise<unknown> {
  const { topic: found } = await scene.call('TopicService/GetTopic', { name: 'topics/orders' });
  return (found as { uid: string }).uid;
}
