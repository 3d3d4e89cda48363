import { BrokerScene, TOPIC } from './testing/broker-scene';

/** Three brokers and a topic on all of them, led by broker 1. */
async function threeReplicas(
  options: ConstructorParameters<typeof BrokerScene>[0] = {},
  config: Record<string, string> = {},
) {
  const scene = new BrokerScene(options);
  await scene.start(1, 2, 3);
  scene.createTopic([1, 2, 3], {}, config);
  await scene.time.advance(100);
  return scene;
}

describe('produce with acks=all', () => {
  test('is answered when every in-sync replica has the records, with their real offset', async () => {
    const scene = await threeReplicas();
    await scene.produced(1, ['a', 'b']);
    const outcome = await scene.produced(1, ['c']);
    expect(outcome).toMatchObject({ error: 'NONE', baseOffset: 2, logStartOffset: 0 });
    expect(scene.readable(1)).toEqual(['a', 'b', 'c']);
  });

  test('is answered within a few round trips, not after a fetch wait', async () => {
    const scene = await threeReplicas();
    await scene.produced(1, ['a']);
    const startedMs = scene.time.nowMs();
    await scene.produced(1, ['b']);
    expect(scene.time.nowMs() - startedMs).toBeLessThan(10);
  });

  test('waits while one in-sync follower is cut off, and times out', async () => {
    const scene = await threeReplicas();
    await scene.produced(1, ['a']);
    scene.network.block('host3', 'host1');
    const answer = scene.produce(1, ['b'], { timeoutMs: 2000 });
    await scene.time.advance(1900);
    expect(answer.outcome).toBeUndefined();
    expect(scene.readable(1)).toEqual(['a']);
    await scene.time.advance(200);
    expect(answer.outcome?.error).toBe('REQUEST_TIMED_OUT');
  });

  test('acks=1 is answered at once, but readers wait for the followers', async () => {
    const scene = await threeReplicas();
    scene.network.block('host3', 'host1');
    const answer = scene.produce(1, ['a'], { acks: 1 });
    expect(answer.outcome).toMatchObject({ error: 'NONE', baseOffset: 0 });
    expect(scene.readable(1)).toEqual([]);
  });

  test('a broker that does not lead says who does', async () => {
    const scene = await threeReplicas();
    expect(await scene.produced(2, ['a'])).toMatchObject({
      error: 'NOT_LEADER_OR_FOLLOWER',
      baseOffset: -1,
      currentLeader: { leaderId: 1, leaderEpoch: 0 },
    });
  });

  test('a repeated idempotent batch gets the offset of the first', async () => {
    const scene = await threeReplicas();
    const first = await scene.produced(1, ['a', 'b'], { producer: { id: 7, sequence: 0 } });
    await scene.produced(1, ['c'], { producer: { id: 7, sequence: 2 } });
    const repeated = await scene.produced(1, ['a', 'b'], { producer: { id: 7, sequence: 0 } });
    expect(repeated).toMatchObject({ error: 'NONE', baseOffset: first.baseOffset });
    const gap = await scene.produced(1, ['x'], { producer: { id: 7, sequence: 9 } });
    expect(gap.error).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(scene.readable(1)).toEqual(['a', 'b', 'c']);
  });

  test('the planted bug answers before the followers have it', async () => {
    const scene = await threeReplicas({ plantedBugs: { acknowledgeBeforeHighWatermark: true } });
    scene.network.block('host2', 'host1');
    scene.network.block('host3', 'host1');
    expect(scene.produce(1, ['a']).outcome?.error).toBe('NONE');
  });
});

describe('min.insync.replicas', () => {
  test('refuses before the append when too few are in sync', async () => {
    const scene = await threeReplicas({}, { 'min.insync.replicas': '2' });
    scene.changePartition({ isr: [1] });
    await scene.time.advance(10);
    expect((await scene.produced(1, ['a'])).error).toBe('NOT_ENOUGH_REPLICAS');
    expect((await scene.produced(1, ['b'], { acks: 1 })).baseOffset).toBe(0);
  });

  test('says so after the append when the in-sync set becomes too small meanwhile', async () => {
    const scene = await threeReplicas({}, { 'min.insync.replicas': '2' });
    scene.network.block('host2', 'host1');
    scene.network.block('host3', 'host1');
    const answer = scene.produce(1, ['a']);
    await scene.time.advance(10);
    scene.changePartition({ isr: [1] });
    await scene.time.advance(10);
    expect(answer.outcome?.error).toBe('NOT_ENOUGH_REPLICAS_AFTER_APPEND');
    expect(scene.readable(1)).toEqual([]);
  });
});

describe('in-sync set', () => {
  const config = { 'replica.lag.time.max.ms': '2000' };

  test('drops a follower that fell behind, and then commits without it', async () => {
    const scene = await threeReplicas({ config });
    await scene.produced(1, ['a']);
    scene.network.block('host3', 'host1');
    const answer = scene.produce(1, ['b']);
    await scene.time.advance(4000);
    expect(scene.controller.isrProposals).toEqual(['0 [1,2]']);
    expect(scene.partition.isr).toEqual([1, 2]);
    expect(answer.outcome?.error).toBe('NONE');
  });

  test('takes a follower back once it has caught up', async () => {
    const scene = await threeReplicas({ config });
    scene.network.block('host3', 'host1');
    scene.produce(1, ['a']);
    await scene.time.advance(4000);
    expect(scene.partition.isr).toEqual([1, 2]);
    scene.network.healAll();
    await scene.time.runUntil(() => scene.partition.isr.length === 3, 20_000);
    expect([...scene.partition.isr].sort()).toEqual([1, 2, 3]);
  });

  test('keeps counting a follower whose removal finds no answer', async () => {
    const scene = await threeReplicas({ config });
    scene.controller.losesIsrChanges = true;
    scene.network.block('host3', 'host1');
    const answer = scene.produce(1, ['a'], { timeoutMs: 60_000 });
    await scene.time.advance(20_000);
    expect(answer.outcome).toBeUndefined();
    scene.controller.losesIsrChanges = false;
    await scene.time.advance(10_000);
    expect(answer.outcome?.error).toBe('NONE');
  });

  test('a follower of an idle partition stays in sync', async () => {
    const scene = await threeReplicas({ config });
    await scene.produced(1, ['a']);
    await scene.time.advance(30_000);
    expect(scene.controller.isrProposals).toEqual([]);
  });
});

describe('leader change', () => {
  test('the new leader has everything acknowledged, the old one drops what was not', async () => {
    const scene = await threeReplicas();
    await scene.produced(1, ['a']);
    for (const follower of ['host2', 'host3']) scene.network.block('host1', follower);
    scene.produce(1, ['lost 1', 'lost 2'], { acks: 1 });
    scene.changePartition({ leader: 2, isr: [2, 3] });
    await scene.time.advance(50);
    scene.network.healAll();
    const outcome = await scene.produced(2, ['b']);
    expect(outcome).toMatchObject({ error: 'NONE', baseOffset: 1 });
    await scene.time.runUntil(() => scene.partition.isr.length === 3, 20_000);
    scene.changePartition({ leader: 1 });
    await scene.time.advance(1000);
    expect(scene.readable(1)).toEqual(['a', 'b']);
    expect(scene.epochEnd(1, 0)).toMatchObject({ leaderEpoch: 0, endOffset: 1 });
  });

  test('what waits at the old leader is told to go elsewhere, at once', async () => {
    const scene = await threeReplicas();
    scene.network.block('host3', 'host1');
    const produce = scene.produce(1, ['a']);
    const fetch = scene.fetch(1, 0, { maxWaitMs: 10_000 });
    scene.changePartition({ leader: 2, isr: [2] });
    await scene.time.advance(5);
    expect(produce.outcome?.error).toBe('NOT_LEADER_OR_FOLLOWER');
    expect(fetch.outcome).toMatchObject({
      error: 'NOT_LEADER_OR_FOLLOWER',
      currentLeader: { leaderId: 2, leaderEpoch: 1 },
    });
  });

  test('an old leader that has not heard of it commits nothing', async () => {
    const scene = await threeReplicas();
    await scene.produced(1, ['a']);
    scene.log.hold(1, true);
    scene.changePartition({ leader: 2, isr: [2, 3] });
    await scene.time.advance(50);
    const answer = scene.produce(1, ['zombie'], { timeoutMs: 1000 });
    const outcome = await scene.produced(2, ['b']);
    expect(outcome).toMatchObject({ error: 'NONE', baseOffset: 1 });
    await scene.time.advance(2000);
    expect(answer.outcome?.error).toBe('REQUEST_TIMED_OUT');
    scene.log.hold(1, false);
    await scene.time.runUntil(() => scene.partition.isr.length === 3, 20_000);
    expect(scene.readable(2)).toEqual(['a', 'b']);
  });

  test('a new leader gives no end offset before it knows what was committed', async () => {
    const scene = await threeReplicas();
    await scene.produced(1, ['a']);
    scene.network.block('host3', 'host2');
    scene.changePartition({ leader: 2, isr: [2, 3] });
    await scene.time.advance(20);
    expect(scene.latest(2)?.error).toBe('OFFSET_NOT_AVAILABLE');
    scene.network.healAll();
    await scene.time.advance(2000);
    expect(scene.latest(2)).toMatchObject({ error: 'NONE', offset: 1 });
  });

  test('epochs of clients are checked', async () => {
    const scene = await threeReplicas();
    scene.changePartition({ leader: 2 });
    await scene.time.advance(50);
    expect(scene.fetch(2, 0, { currentLeaderEpoch: 0 }).outcome?.error).toBe('FENCED_LEADER_EPOCH');
    expect(scene.fetch(2, 0, { currentLeaderEpoch: 2 }).outcome?.error).toBe('UNKNOWN_LEADER_EPOCH');
    expect(scene.fetch(2, 0, { currentLeaderEpoch: 1 }).outcome?.error).toBe('NONE');
  });
});

describe('long polls of clients', () => {
  test('are answered when enough bytes are committed', async () => {
    const scene = await threeReplicas();
    const one = scene.fetch(1, 0, { maxWaitMs: 10_000 });
    const many = scene.fetch(1, 0, { maxWaitMs: 10_000, minBytes: 150 });
    await scene.produced(1, ['a']);
    expect(one.outcome?.highWatermark).toBe(1);
    expect(many.outcome).toBeUndefined();
    await scene.produced(1, ['b']);
    await scene.produced(1, ['c']);
    expect(many.outcome?.records.length).toBeGreaterThanOrEqual(150);
  });

  test('are answered when a new leader commits what an older one appended', async () => {
    const scene = await threeReplicas();
    await scene.produced(1, ['a']);
    scene.network.block('host3', 'host2');
    scene.changePartition({ leader: 2, isr: [2, 3] });
    await scene.time.advance(20);
    const fetch = scene.fetch(2, 0, { maxWaitMs: 100_000 });
    expect(fetch.outcome).toBeUndefined();
    scene.network.healAll();
    await scene.time.advance(5000);
    expect(fetch.outcome?.highWatermark).toBe(1);
  });

  test('end with what there is when their time is over', async () => {
    const scene = await threeReplicas();
    const fetch = scene.fetch(1, 0, { maxWaitMs: 300 });
    await scene.time.advance(290);
    expect(fetch.outcome).toBeUndefined();
    await scene.time.advance(20);
    expect(fetch.outcome).toMatchObject({ error: 'NONE', highWatermark: 0 });
  });

  test('are not parked when an offset is out of range', async () => {
    const scene = await threeReplicas();
    expect(scene.fetch(1, 5, { maxWaitMs: 1000 }).outcome?.error).toBe('OFFSET_OUT_OF_RANGE');
  });
});

describe('flush.messages=1', () => {
  test('nothing is acknowledged before it is synced, not even with acks=1', async () => {
    const scene = await threeReplicas({ syncLatencyMs: { min: 50, max: 50 } }, { 'flush.messages': '1' });
    const startedMs = scene.time.nowMs();
    expect((await scene.produced(1, ['a'], { acks: 1 })).error).toBe('NONE');
    expect(scene.time.nowMs() - startedMs).toBeGreaterThanOrEqual(50);
  });

  test('acknowledged records survive a power cut of all brokers', async () => {
    const scene = await threeReplicas({ syncLatencyMs: { min: 1, max: 5 } }, { 'flush.messages': '1' });
    for (const value of ['a', 'b', 'c']) expect((await scene.produced(1, [value])).error).toBe('NONE');
    for (const id of [1, 2, 3]) scene.kill(id, 'power');
    await scene.start(1, 2, 3);
    await scene.time.runUntil(() => scene.partition.leader !== -1, 10_000);
    await scene.time.advance(2000);
    expect(scene.readable(scene.partition.leader)).toEqual(['a', 'b', 'c']);
  });
});

test('a deleted topic is gone at once, and one made anew under its name is another', async () => {
  const scene = await threeReplicas();
  await scene.produced(1, ['old']);
  const waiting = scene.fetch(1, 1, { maxWaitMs: 10_000 });
  scene.log.append([{ type: 'RemoveTopicRecord', topicId: TOPIC.id }]);
  await scene.time.advance(10);
  expect(waiting.outcome?.error).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  scene.createTopic([1, 2, 3]);
  await scene.time.advance(50);
  await scene.produced(1, ['new']);
  expect(scene.readable(1)).toEqual(['new']);
});
