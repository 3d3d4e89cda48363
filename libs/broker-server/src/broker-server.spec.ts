import { success } from '@milena/model';
import { testUuid } from './api/testing/fake-broker';
import { BrokerScene } from './testing/broker-scene';

describe('start', () => {
  test('a broker is ready once it is registered and unfenced, without waiting for a beat', async () => {
    const scene = new BrokerScene();
    await scene.start(1);
    expect(scene.broker(1).server.ready).toBe(true);
    expect(scene.time.nowMs()).toBeLessThan(100);
    expect(scene.log.image.broker(1)).toMatchObject({ fenced: false });
  });

  test('keeps trying until a controller answers', async () => {
    const scene = new BrokerScene();
    scene.controller.isDown = true;
    const { server } = await scene.launch(1);
    await scene.time.advance(60_000);
    expect(server.ready).toBe(false);
    scene.controller.isDown = false;
    await scene.time.runUntil(() => server.ready, 10_000);
    expect(server.ready).toBe(true);
  });

  test('an id that a live broker holds is refused with the controller naming id and holder', async () => {
    const scene = new BrokerScene();
    await scene.start(1);
    scene.controller.alive.add(1);
    scene.replaceDisk(1);
    const { started } = await scene.launch(1, 'elsewhere');
    await scene.time.advance(30_000);
    await expect(started).rejects.toMatchObject({
      name: 'BrokerStartFailure',
      code: 'DUPLICATE_BROKER_REGISTRATION',
      message: expect.stringMatching(/broker id 1 .*host1:9092/),
    });
  });

  test('an id whose holder died is taken over when its session has lapsed', async () => {
    const scene = new BrokerScene();
    await scene.start(1);
    scene.kill(1);
    scene.controller.alive.add(1);
    scene.replaceDisk(1);
    const { server } = await scene.launch(1);
    await scene.time.advance(5_000);
    expect(server.ready).toBe(false);
    scene.controller.alive.clear();
    await scene.time.runUntil(() => server.ready, 5_000);
    expect(server.ready).toBe(true);
  });

  test('a late registration by a life that is over takes the id only until its session lapses', async () => {
    const scene = new BrokerScene();
    await scene.start(1);
    const { server } = scene.broker(1);
    const registered = scene.log.image.broker(1);
    if (registered === undefined) throw new Error('broker 1 is not registered');
    const { listeners, features, directoryIds: logDirectories } = registered;
    const life = { incarnationId: testUuid(99), fenced: true, inControlledShutdown: false };
    scene.log.append([{ type: 'RegisterBrokerRecord', brokerId: 1, listeners, features, logDirectories, ...life }]);
    scene.controller.alive.add(1);
    await scene.time.advance(5_000);
    expect(scene.log.image.broker(1)).toMatchObject({ incarnationId: testUuid(99), fenced: true });
    scene.controller.alive.clear();
    await scene.time.runUntil(() => server.ready, 5_000);
    const { incarnationId } = registered;
    expect(scene.log.image.broker(1)).toMatchObject({ incarnationId, fenced: false });
  });

  test('a broker that comes back acts on nothing that is history', async () => {
    const scene = new BrokerScene();
    await scene.start(1, 2);
    scene.createTopic([1, 2]);
    await scene.time.advance(100);
    await scene.produced(1, ['a']);
    for (const leader of [2, 1, 2]) {
      scene.changePartition({ leader });
      await scene.time.advance(100);
      await scene.produced(leader, [`from ${leader}`]);
    }
    scene.kill(1);
    await scene.start(1);
    await scene.time.runUntil(() => scene.partition.isr.length === 2, 10_000);
    scene.changePartition({ leader: 1 });
    await scene.time.advance(2000);
    expect(scene.readable(1)).toEqual(['a', 'from 2', 'from 1', 'from 2']);
    expect([0, 1, 2, 3].map((epoch) => scene.epochEnd(1, epoch)?.endOffset)).toEqual([1, 2, 3, 4]);
  });
});

describe('heartbeats', () => {
  test('go on at their beat', async () => {
    const scene = new BrokerScene();
    await scene.start(1);
    const before = scene.controller.heartbeats;
    await scene.time.advance(20_100);
    expect(scene.controller.heartbeats - before).toBe(10);
  });

  test('a broker that was fenced while alive asks to be unfenced at once', async () => {
    const scene = new BrokerScene();
    await scene.start(1);
    scene.controller.fence(1);
    expect(scene.log.image.broker(1)?.fenced).toBe(true);
    await scene.time.advance(20);
    expect(scene.log.image.broker(1)?.fenced).toBe(false);
    expect(scene.broker(1).server.ready).toBe(true);
  });

  test('a broker whose registration is gone registers again', async () => {
    const scene = new BrokerScene();
    await scene.start(1);
    const { epoch } = scene.log.image.broker(1)!;
    scene.log.append([{ type: 'UnregisterBrokerRecord', brokerId: 1, brokerEpoch: epoch }]);
    await scene.time.advance(5_000);
    expect(scene.log.image.broker(1)!.epoch).toBeGreaterThan(epoch);
    expect(scene.broker(1).server.ready).toBe(true);
  });
});

describe('without any controller', () => {
  test('clients are served as before', async () => {
    const scene = new BrokerScene();
    await scene.start(1, 2);
    scene.createTopic([1, 2]);
    await scene.time.advance(100);
    scene.controller.isDown = true;
    await scene.time.advance(120_000);
    expect((await scene.produced(1, ['a'])).error).toBe('NONE');
    expect(scene.readable(1)).toEqual(['a']);
  });

  test('a broker says that it is not ready once its session may have lapsed, and ready when it is heard again', async () => {
    const scene = new BrokerScene();
    await scene.start(1);
    const { server } = scene.broker(1);
    scene.controller.isDown = true;
    await scene.time.advance(5_000);
    expect(server.ready).toBe(true);
    await scene.time.advance(10_000);
    expect(server.ready).toBe(false);
    scene.controller.isDown = false;
    await scene.time.advance(3_000);
    expect(server.ready).toBe(true);
  });

  test('a broker told to stop stops within its bound', async () => {
    const scene = new BrokerScene();
    await scene.start(1);
    scene.controller.isDown = true;
    const startedMs = scene.time.nowMs();
    const { server } = scene.broker(1);
    await scene.time.resolve(server.beginControlledShutdown());
    await scene.time.resolve(server.stop());
    expect(scene.time.nowMs() - startedMs).toBeLessThan(6_000);
  });
});

describe('controlled shutdown', () => {
  test('moves leaderships away first, and the next start is a clean one', async () => {
    const scene = new BrokerScene();
    await scene.start(1, 2);
    scene.createTopic([1, 2]);
    await scene.time.advance(100);
    await scene.produced(1, ['a']);
    const { server } = scene.broker(1);
    await scene.time.resolve(server.beginControlledShutdown());
    expect(scene.partition).toMatchObject({ leader: 2, isr: [2] });
    await scene.time.resolve(server.stop());
    scene.kill(1, 'power');
    expect((await scene.produced(2, ['b'])).error).toBe('NONE');
    expect(scene.disk(1).exists('/data/.kafka_cleanshutdown')).toBe(true);
    await scene.start(1);
    await scene.time.runUntil(() => scene.partition.isr.length === 2, 10_000);
    expect(scene.partition.isr).toHaveLength(2);
  });
});

describe('an empty disk under an old id', () => {
  test('joins no in-sync set before it has everything', async () => {
    const scene = new BrokerScene();
    await scene.start(1, 2);
    scene.createTopic([1, 2]);
    await scene.time.advance(100);
    await scene.produced(1, ['a', 'b', 'c']);
    scene.kill(2);
    scene.replaceDisk(2);
    scene.network.block('host2', 'host1');
    await scene.launch(2);
    await scene.time.advance(5_000);
    expect(scene.partition.isr).toEqual([1]);
    scene.network.healAll();
    await scene.time.runUntil(() => scene.partition.isr.length === 2, 10_000);
    scene.changePartition({ leader: 2 });
    await scene.time.advance(1000);
    expect(scene.readable(2)).toEqual(['a', 'b', 'c']);
  });
});

describe('a follower of an older life', () => {
  test('is not served: its leader knows of a newer registration', async () => {
    const scene = new BrokerScene();
    await scene.start(1, 2);
    scene.createTopic([1, 2]);
    await scene.time.advance(100);
    const zombie = scene.broker(2);
    scene.log.hold(2, true);
    const { epoch, ...registration } = scene.log.image.broker(2)!;
    scene.log.append([
      { ...registration, type: 'RegisterBrokerRecord', brokerId: 2, logDirectories: registration.directoryIds },
    ]);
    await scene.time.advance(50);
    const answer = scene.produce(1, ['a'], { timeoutMs: 1000 });
    await scene.time.advance(1500);
    expect(answer.outcome?.error).toBe('REQUEST_TIMED_OUT');
    expect(epoch).toBeLessThan(scene.log.image.broker(2)!.epoch);
    expect(zombie.logger.lines.some(({ facts }) => facts['error'] === 'STALE_BROKER_EPOCH')).toBe(true);
  });
});

describe('a failing disk', () => {
  test('ends the broker: what a failed sync promised must not be believed', async () => {
    const scene = new BrokerScene({ syncLatencyMs: { min: 1, max: 1 } });
    await scene.start(1);
    scene.createTopic([1], {}, { 'flush.messages': '1' });
    await scene.time.advance(100);
    scene.disk(1).fail({ operation: 'fdatasync', code: 'EIO' });
    expect((await scene.produced(1, ['a'])).error).toBe('KAFKA_STORAGE_ERROR');
    expect(scene.broker(1).fatal).toHaveLength(1);
    expect((await scene.produced(1, ['b'])).error).toBe('KAFKA_STORAGE_ERROR');
  });

  test.each(['ENOSPC', 'EIO'])('ends a leader that can append no more (%s): another one can lead', async (code) => {
    const scene = new BrokerScene();
    await scene.start(1);
    scene.createTopic([1]);
    await scene.time.advance(100);
    await scene.produced(1, ['a']);
    scene.disk(1).fail({ operation: 'pwrite', code, pathIncludes: '.log' });
    expect((await scene.produced(1, ['b'])).error).toBe('KAFKA_STORAGE_ERROR');
    expect(scene.broker(1).fatal).toMatchObject([{ code, path: expect.stringContaining('.log') }]);
  });

  test('ends a follower that can append no more', async () => {
    const scene = new BrokerScene();
    await scene.start(1, 2);
    scene.createTopic([1, 2]);
    await scene.time.advance(100);
    await scene.produced(1, ['a']);
    scene.disk(2).fail({ operation: 'pwrite', code: 'ENOSPC', pathIncludes: '.log' });
    const answer = scene.produce(1, ['b']);
    await scene.time.advance(500);
    expect(answer.outcome).toBeUndefined();
    expect(scene.broker(1).fatal).toEqual([]);
    expect(scene.broker(2).fatal).toMatchObject([{ code: 'ENOSPC', path: expect.stringContaining('.log') }]);
  });
});

test('producer ids come in blocks, each id once, and a missing controller is a retriable error', async () => {
  const scene = new BrokerScene();
  await scene.start(1, 2);
  const [one, two] = [1, 2].map((id) => scene.broker(id).server.context.producerIds);
  const ids = await scene.time.resolve(Promise.all([one!.next(), one!.next(), two!.next()]));
  expect(ids).toEqual([success(0), success(1), success(1000)]);
  scene.controller.isDown = true;
  expect(await scene.time.resolve(one!.next())).toEqual(success(2));
});

test('a caller can wait until its change is in the image', async () => {
  const scene = new BrokerScene();
  await scene.start(1);
  const { context } = scene.broker(1).server;
  const offset = scene.log.image.provenance.offset;
  expect(await scene.time.resolve(context.waitForMetadata(offset, 1000))).toBe(true);
  const waiting = context.waitForMetadata(offset + 1, 1000);
  scene.createTopic([1]);
  expect(await scene.time.resolve(waiting)).toBe(true);
  expect(context.image().topicCount).toBe(1);
  expect(await scene.time.resolve(context.waitForMetadata(offset + 100, 1000))).toBe(false);
});
