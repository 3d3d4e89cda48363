import { bodyOf } from '@milena/zookeeper/testing';
import { ShimScene } from './testing/shim-scene';

describe('what a shim does without a quorum', () => {
  it('takes nobody before it has read what was committed when it came', async () => {
    const scene = new ShimScene();
    const early = scene.client();
    expect([early.connect({ readOnly: true }), early.isClosed]).toEqual([undefined, true]);
    scene.hold();
    scene.leader(101, 1);
    scene.server.start('scene-cluster');
    await scene.time.advance(1_000);
    expect(scene.client().connect()).toBeUndefined();
    scene.release();
    await scene.time.advance(200);
    expect(scene.client().connect()).toMatchObject({ timeoutMs: 6_000 });
    expect(scene.following).toEqual([true]);
  });

  it('takes nobody while it has only a part of what was committed, though all of that part', async () => {
    const scene = new ShimScene();
    scene.hold();
    scene.leader(101, 1);
    scene.fence(1);
    scene.server.start('scene-cluster');
    scene.release(1);
    await scene.time.advance(1_000);
    expect([scene.server.isFollowing(), scene.client().connect()]).toEqual([false, undefined]);
  });

  it('goes on for a while, then drops everybody and takes only who takes a read-only server', async () => {
    const scene = await ShimScene.started();
    const [strict, lenient] = [scene.client(), scene.client()];
    strict.connect({ timeoutMs: 10_000 });
    lenient.connect({ timeoutMs: 10_000, readOnly: true });
    scene.isHealthy = false;
    await scene.time.advance(2_000);
    expect(scene.server.isFollowing()).toBe(false);
    expect(strict.ask('getChildren', bodyOf.watchable('/brokers/ids')).error).toBe(0);
    await scene.time.advance(2_000);
    // Who was told that this server is no read-only one must come again to be told that it is.
    expect([strict.isClosed, lenient.isClosed]).toEqual([true, true]);
    expect(scene.client().connect()).toBeUndefined();
    const again = scene.client();
    expect(again.connect({ timeoutMs: 10_000, readOnly: true })).toMatchObject({ readOnly: true });
    expect(scene.server.answerWord('isro')).toBe('ro');
    await scene.time.advance(5_000);
    expect(again.ask('getChildren', bodyOf.watchable('/brokers/ids')).error).toBe(0);
    scene.isHealthy = true;
    await scene.time.advance(200);
    expect([again.isClosed, scene.server.isFollowing()]).toEqual([false, true]);
  });

  it('serves again when it has caught up', async () => {
    const scene = await ShimScene.started();
    scene.isHealthy = false;
    await scene.time.advance(4_000);
    scene.hold();
    scene.fence(1);
    scene.isHealthy = true;
    await scene.time.advance(200);
    expect(scene.client().connect()).toBeUndefined();
    scene.release();
    await scene.time.advance(200);
    expect(scene.client().connect()).toMatchObject({ timeoutMs: 6_000 });
    expect(scene.following).toEqual([true, false, true]);
  });

  it('closes its clients when it stops', async () => {
    const scene = await ShimScene.started();
    const client = scene.client();
    client.connect();
    scene.server.stop();
    expect(client.isClosed).toBe(true);
  });
});
