import { bodyOf } from '@milena/zookeeper/testing';
import { ShimScene } from './testing/shim-scene';

async function connected(scene: ShimScene) {
  const client = scene.client();
  client.connect();
  return Promise.resolve(client);
}

describe('watches', () => {
  it('tell of a change before any reply that shows it, and once', async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    client.watch('getChildren', '/brokers/ids');
    client.watch('getData', '/brokers/ids/1');
    const before = scene.zxid;
    scene.fence(1);
    client.send('getData', bodyOf.watchable('/brokers/ids/1'));
    scene.fence(1, false);
    expect(client.story()).toEqual([
      'NodeDeleted /brokers/ids/1',
      'NodeChildrenChanged /brokers/ids',
      `reply 3 zxid ${before + 1} error -101`,
    ]);
  });

  it('by exists wait for what is not there; the other reads leave none on it', async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    scene.fence(2);
    expect(client.watch('getData', '/brokers/ids/2')).toBe(-101);
    expect(client.watch('getChildren', '/brokers/ids/2')).toBe(-101);
    scene.fence(2, false);
    scene.fence(2);
    expect(client.story()).toEqual([]);
    expect(client.watch('exists', '/brokers/ids/2')).toBe(-101);
    scene.fence(2, false);
    expect(client.story()).toEqual(['NodeCreated /brokers/ids/2']);
  });

  it('move with the client to another shim and miss nothing', async () => {
    const [here, there] = [await ShimScene.started(), await ShimScene.started()];
    const client = await connected(here);
    client.watch('getChildren', '/brokers/ids');
    client.watch('getData', '/brokers/ids/1');
    const seen = here.zxid;
    client.hangUp();
    there.fence(2);
    const moved = await connected(there);
    moved.send('setWatches', bodyOf.setWatches(seen, { child: ['/brokers/ids'], data: ['/brokers/ids/1'] }), -8);
    expect(moved.story()).toEqual(['NodeChildrenChanged /brokers/ids', `reply -8 zxid ${there.zxid} error 0`]);
    there.fence(1);
    expect(moved.story()).toEqual(['NodeDeleted /brokers/ids/1']);
  });

  it('of a connection that is gone tell nobody and cost nothing', async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    client.watch('getChildren', '/brokers/ids');
    client.hangUp();
    scene.fence(1);
    expect(client.story()).toEqual([]);
    expect(scene.server.answerWord('mntr')).toContain('zk_watch_count\t0\n');
  });

  it('are bounded: a read that would set one too many is throttled, and setting too many again ends the connection', async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    const long = `/${'x'.repeat(3_000)}`;
    expect(client.watch('exists', `${long}1`)).toBe(-101);
    expect(client.watch('exists', `${long}2`)).toBe(-127);
    expect(client.ask('exists', bodyOf.watchable(`${long}2`)).error).toBe(-101);
    client.send('setWatches', bodyOf.setWatches(0, { exist: [`${long}3`] }), -8);
    expect(client.isClosed).toBe(true);
  });

  it('can be looked for and removed', async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    client.watch('getChildren', '/brokers/ids');
    expect(client.ask('checkWatches', bodyOf.version('/brokers/ids', 1)).error).toBe(0);
    expect(client.ask('checkWatches', bodyOf.version('/brokers/ids', 2)).error).toBe(-121);
    expect(client.ask('removeWatches', bodyOf.version('/brokers/ids', 3)).error).toBe(0);
    scene.fence(1);
    expect(client.story()).toEqual([]);
  });

  it('that last are told of everything', async () => {
    const scene = await ShimScene.started();
    const client = await connected(scene);
    expect(client.ask('addWatch', bodyOf.version('/brokers', 1)).error).toBe(0);
    scene.fence(1);
    scene.fence(1, false);
    expect(client.story()).toEqual(['NodeDeleted /brokers/ids/1', 'NodeCreated /brokers/ids/1']);
  });
});
