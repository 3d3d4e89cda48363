import { ReadConsistency } from '@milena/proto';
import { broker, GatewayScene, topic } from './testing/gateway-scene';

describe('a gateway', () => {
  it('answers no read before it has caught up with a quorum', async () => {
    const scene = new GatewayScene();
    scene.log.isLive = false;
    scene.log.commit(topic('orders', 1, [1]));
    expect(await scene.look(10)).toBe(false);
    const early = await scene.call('TopicService/GetTopic', { name: 'topics/orders' });
    expect(early.failure?.code).toBe('BROKER_NOT_AVAILABLE');
    scene.log.isLive = true;
    expect(await scene.look(2)).toBe(true);
    expect((await scene.call('TopicService/GetTopic', { name: 'topics/orders' })).failure).toBeUndefined();
  });

  it('is not ready while its image is behind what was committed before', async () => {
    const scene = new GatewayScene();
    scene.log.commit([broker(1), ...topic('orders', 1, [1])], { isTold: false });
    expect(await scene.look(3)).toBe(false);
    scene.log.commit([broker(2)], { isTold: false });
    expect(await scene.look(3)).toBe(false);
    scene.log.catchUp();
    expect(await scene.look()).toBe(true);
  });

  it('is ready although the log ends with control records', async () => {
    const scene = new GatewayScene();
    scene.log.commit([broker(1)]);
    scene.log.beginEpoch(102, 4);
    expect(await scene.look(2)).toBe(true);
  });

  it('goes on answering reads that may be stale when the quorum is lost, but is not ready', async () => {
    const scene = await GatewayScene.with(topic('orders', 1, [1]));
    expect(await scene.look()).toBe(true);
    scene.log.isLive = false;
    expect(await scene.look()).toBe(false);
    const stale = { name: 'topics/orders', readConsistency: ReadConsistency.STALE };
    expect((await scene.call('TopicService/GetTopic', stale)).failure).toBeUndefined();
    scene.log.isLive = true;
    scene.log.leaderInfo = { leaderId: undefined, epoch: 4 };
    expect(await scene.look()).toBe(false);
  });

  it('has a handler for every method of the admin API', () => {
    const { methods } = new GatewayScene().gateway;
    const names = methods.map(({ method }) => `${method.parent.name}/${method.name}`);
    expect(names).toEqual(expect.arrayContaining(['QuorumService/GetQuorum', 'GroupService/ListGroupOffsets']));
    expect(methods).toHaveLength(29);
    for (const { answer } of methods) expect(answer).toBeInstanceOf(Function);
  });
});
