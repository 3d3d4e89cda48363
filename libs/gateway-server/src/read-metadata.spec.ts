import { listTopicConfigsRpc } from '@milena/cluster-protocol';
import { success } from '@milena/model';
import { ReadConsistency } from '@milena/proto';
import { broker, GatewayScene, served, topic } from './testing/gateway-scene';

const { STALE, LINEARIZABLE } = ReadConsistency;
const ORDERS = { name: 'topics/orders' };

/** A gateway that has not been told of the topic that the quorum has committed. */
async function lagging(): Promise<GatewayScene> {
  const scene = await GatewayScene.with([broker(1)]);
  scene.log.commit(topic('orders', 1, [1]), { isTold: false });
  return scene;
}

describe('a read', () => {
  it('sees what was committed when it came, although this gateway learns of it later', async () => {
    const scene = await lagging();
    scene.time.timers.after(800, () => scene.log.catchUp());
    const fromMs = scene.time.clock.monotonicMs();
    expect(await scene.call('TopicService/GetTopic', ORDERS)).toMatchObject({ topic: ORDERS });
    expect(scene.time.clock.monotonicMs() - fromMs).toBeLessThan(1_000);
  });

  it('does not wait for more than that: records that only the image has yet to hold may be of any kind', async () => {
    const scene = await GatewayScene.with([broker(1), ...topic('orders', 1, [1])]);
    scene.log.beginEpoch(102, 4);
    expect(await scene.call('TopicService/GetTopic', { ...ORDERS, readConsistency: LINEARIZABLE })).toMatchObject({
      topic: ORDERS,
    });
  });

  it('that may be stale asks nobody and is answered at once', async () => {
    const scene = await lagging();
    const stale = await scene.call('TopicService/GetTopic', { ...ORDERS, readConsistency: STALE });
    expect(stale.failure?.code).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  });

  it('fails when this gateway does not get there in time', async () => {
    const scene = await lagging();
    const fromMs = scene.time.clock.monotonicMs();
    const { failure } = await scene.call('TopicService/GetTopic', ORDERS);
    expect(failure).toMatchObject({ code: 'BROKER_NOT_AVAILABLE', message: expect.stringContaining('STALE') });
    expect(scene.time.clock.monotonicMs() - fromMs).toBeLessThanOrEqual(5_100);
  });

  it('waits for a leader, and not for ever', async () => {
    const scene = await GatewayScene.with([broker(1), ...topic('orders', 1, [1])]);
    scene.log.isLive = false;
    scene.time.timers.after(2_000, () => (scene.log.isLive = true));
    expect((await scene.call('TopicService/GetTopic', ORDERS)).failure).toBeUndefined();
    scene.log.isLive = false;
    const { failure } = await scene.call('TopicService/GetTopic', ORDERS);
    expect(failure).toMatchObject({ code: 'LEADER_NOT_AVAILABLE', message: expect.stringContaining('STALE') });
  });

  it('is refused when it asks for what there is not', async () => {
    const scene = await GatewayScene.with([broker(1)]);
    const { failure } = await scene.call('ClusterService/GetCluster', { readConsistency: 7 });
    expect(failure).toMatchObject({ code: 'INVALID_REQUEST', violations: [{ field: 'read_consistency' }] });
  });

  it('of configuration has the broker wait, too, unless it may be stale', async () => {
    const scene = await GatewayScene.with([broker(1), ...topic('orders', 1, [1])]);
    const asked: number[] = [];
    const handler = served(listTopicConfigsRpc, ({ metadataEnd }) => {
      asked.push(metadataEnd);
      return success({ configs: [] });
    });
    scene.server('broker1', 9094, handler);
    const parent = ORDERS.name;
    await scene.call('TopicService/ListTopicConfigs', { parent });
    await scene.call('TopicService/ListTopicConfigs', { parent, readConsistency: STALE });
    expect(asked).toEqual([scene.log.end, 0]);
  });

  it.each([
    ['ClusterService/GetCluster', {}],
    ['ClusterService/ListFeatures', {}],
    ['ClusterService/GetFeature', { name: 'features/kraft.version' }],
    ['BrokerService/ListBrokers', {}],
    ['BrokerService/GetBroker', { name: 'brokers/1' }],
    ['TopicService/GetTopic', ORDERS],
    ['TopicService/ListTopics', {}],
    ['TopicService/ListPartitions', { parent: 'topics/orders' }],
    ['TopicService/ListReassignments', { parent: 'topics/-' }],
  ])('by %s is linearizable unless it may be stale', async (method, request) => {
    const scene = await GatewayScene.with([broker(1), ...topic('orders', 1, [1])]);
    scene.log.isLive = false;
    expect((await scene.call(method, request)).failure?.code).toBe('LEADER_NOT_AVAILABLE');
    expect((await scene.call(method, { ...request, readConsistency: STALE })).failure).toBeUndefined();
  });
});
