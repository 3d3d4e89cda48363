import { createRecordingLogger } from '@milena/platform/testing';
import { DriverCluster } from './testing/driver-cluster';

describe('an observer', () => {
  it('finds the leader through any bootstrap server and follows', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
    const { nodeId } = await cluster.activeWithin(1000);
    await cluster.commit('a');
    const other = nodeId === 1 ? 2 : 1;
    const { driver, listener } = await cluster.startObserver(10, [other]);
    expect(driver.health()).toBe(false);
    await cluster.everywhere('a');
    expect(driver.leader().leaderId).toBe(nodeId);
    expect(driver.health()).toBe(true);
    await cluster.commit('b');
    expect(listener.values).toEqual(['a', 'b']);
  });

  it('knows how far the leader has committed before it has all of it', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    const { nodeId } = await cluster.activeWithin(100);
    for (const letter of ['a', 'b', 'c', 'd']) await cluster.commit(letter.repeat(700_000));
    const { driver } = await cluster.startObserver(10);
    expect(driver.leaderHighWatermark()).toBeUndefined();
    await cluster.time.runUntil(() => driver.health(), 1000);
    const committed = cluster.node(nodeId).driver.leaderHighWatermark();
    expect(committed).toBe(cluster.node(nodeId).driver.highWatermark());
    expect(driver.leaderHighWatermark()).toBe(committed);
    expect(driver.highWatermark()).toBeLessThan(committed ?? 0);
    await cluster.time.runUntil(() => driver.highWatermark() === committed, 1000);
    expect(driver.highWatermark()).toBe(committed);
  });

  it('keeps trying until a controller is there', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await cluster.activeWithin(100);
    await cluster.commit('a');
    cluster.kill(1);
    await cluster.startObserver(10);
    await cluster.time.advance(30_000);
    await cluster.run(1, 'voter');
    await cluster.everywhere('a', 1000);
  });

  it('follows to the next leader and never stands for election', async () => {
    const cluster = await DriverCluster.start({ voters: [1, 2, 3] });
    const first = await cluster.activeWithin(1000);
    const { listener } = await cluster.startObserver(10);
    await cluster.commit('a');
    cluster.kill(first.nodeId);
    await cluster.activeWithin(1000, first);
    await cluster.commit('b');
    expect(listener.values).toEqual(['a', 'b']);
    expect(listener.events.some((event) => event.startsWith('leader'))).toBe(false);
  });

  it('serves what it has on disk when restarted while every controller is down, once a leader is known again', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await cluster.activeWithin(100);
    await cluster.startObserver(10);
    await cluster.commit('a');
    cluster.kill(1);
    cluster.kill(10);
    const { driver, listener } = await cluster.run(10, 'observer', [1]);
    await cluster.time.advance(2000);
    expect(driver.logEndOffset()).toBeGreaterThan(0);
    expect(listener.values).toEqual([]);
    await cluster.run(1, 'voter');
    await cluster.everywhere('a', 1000);
    expect(listener.values).toEqual(['a']);
  });

  it('costs two messages a wait while nothing happens', async () => {
    let messages = 0;
    const cluster = await DriverCluster.start({ voters: [1], observe: () => messages++ });
    await cluster.activeWithin(100);
    await cluster.startObserver(10);
    await cluster.commit('a');
    await cluster.time.advance(1000);
    messages = 0;
    await cluster.time.advance(10_000);
    expect(messages).toBeLessThanOrEqual(2 * 21);
    expect(messages).toBeGreaterThan(0);
  });

  it('is reported lost at the leader with the reason: reset when its process dies, not when it stops', async () => {
    const cluster = await DriverCluster.start({ voters: [1] });
    await cluster.activeWithin(100);
    await cluster.startObserver(10);
    await cluster.startObserver(11);
    await cluster.commit('a');
    const { lost } = cluster.node(1).listener;
    cluster.kill(10);
    await cluster.time.advance(10);
    expect(lost.map(({ replicaId, failure }) => [replicaId, failure.reason])).toEqual([[10, 'reset']]);
    await cluster.stop(11);
    await cluster.time.advance(10);
    expect(lost.filter(({ replicaId, failure }) => replicaId === 11 && failure.reason === 'reset')).toEqual([]);
  });
});

test('an observer of another cluster says so, once, and learns nothing', async () => {
  const logger = createRecordingLogger();
  const cluster = await DriverCluster.start({ voters: [1, 2, 3], logger });
  await cluster.activeWithin(5000);
  const { driver } = await cluster.startObserver(10, [1, 2, 3], 'another-cluster');
  await cluster.time.advance(10_000);
  const refusals = logger.lines.filter(({ message }) => message === 'the controllers are of another cluster');
  expect(refusals).toHaveLength(1);
  expect(refusals[0]).toMatchObject({ level: 'warn', facts: { clusterId: 'another-cluster' } });
  expect([driver.health(), driver.highWatermark()]).toEqual([false, undefined]);
});
