import { BrokerScene } from './testing/broker-scene';

/**
 * Two live brokers 1 with one log directory; the older one was ready when the newer one came. It learns of it from its
 * heartbeats alone: the scripted log goes on with the newer one.
 */
async function twoCopies() {
  const scene = new BrokerScene();
  await scene.start(1);
  const older = scene.broker(1);
  scene.controller.alive.add(1);
  scene.cloneDisk(1);
  const newer = await scene.launch(1, 'elsewhere');
  await scene.time.runUntil(() => newer.server.ready, 5_000);
  const { incarnationId } = scene.log.image.broker(1)!;
  const heartbeatsIn = async (ms: number): Promise<number> => {
    const before = scene.controller.heartbeats;
    await scene.time.advance(ms);
    return scene.controller.heartbeats - before;
  };
  return { scene, older, newer, incarnationId, heartbeatsIn };
}

describe('a running broker whose id a newer copy took over', () => {
  it('is told to stop, once, and the newer one goes on', async () => {
    const { scene, older, newer } = await twoCopies();
    await scene.time.advance(10_000);
    expect(older.fatal).toEqual([]);
    await scene.time.advance(50_000);
    expect(older.fatal).toMatchObject([
      {
        name: 'BrokerStartFailure',
        code: 'DUPLICATE_BROKER_REGISTRATION',
        message: expect.stringContaining('taken over by a newer process with the same log directory at elsewhere:9092'),
      },
    ]);
    expect([older.server.ready, newer.server.ready, newer.fatal]).toEqual([false, true, []]);
  });

  it('says nothing more to the controller, not even when the newer one is gone', async () => {
    const { scene, older, newer, incarnationId, heartbeatsIn } = await twoCopies();
    await scene.time.runUntil(() => older.fatal.length > 0, 30_000);
    expect(older.fatal).toHaveLength(1);
    expect(await heartbeatsIn(20_000)).toBe(10);
    scene.kill(1);
    expect(newer.isAlive).toBe(false);
    scene.controller.alive.clear();
    expect(await heartbeatsIn(60_000)).toBe(0);
    expect(scene.log.image.broker(1)?.incarnationId).toBe(incarnationId);
  });
});
