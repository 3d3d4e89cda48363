import { BrokerScene, TOPIC } from './testing/broker-scene';

/** Four brokers and a topic on the first three, led by broker 1, with some records in it. */
async function scene(): Promise<BrokerScene> {
  const made = new BrokerScene({ config: { 'replica.lag.time.max.ms': '2000' } });
  await made.start(1, 2, 3, 4);
  made.createTopic([1, 2, 3]);
  await made.time.advance(100);
  await made.produced(1, ['a', 'b']);
  return made;
}

/** Whether the broker has a log of the partition. */
function hasLog(from: BrokerScene, id: number): boolean {
  const partition = { topic: TOPIC.name, partition: 0 };
  return from.broker(id).server.context.logDirectory.logs.find(partition) !== undefined;
}

describe('a reassignment', () => {
  test('copies the log to the new replica, takes it into the ISR, moves the leader, and only then deletes the old log', async () => {
    const brokers = await scene();
    brokers.network.block('host4', 'host1');
    brokers.controller.reassign(TOPIC.name, [4, 2, 3]);
    await brokers.time.advance(1000);
    expect(hasLog(brokers, 4)).toBe(true);
    expect(hasLog(brokers, 1)).toBe(true);
    expect(brokers.partition).toMatchObject({ leader: 1, addingReplicas: [4], removingReplicas: [1] });
    await brokers.produced(1, ['c']);
    brokers.network.healAll();
    await brokers.time.runUntil(() => brokers.partition.replicas.length === 3, 20_000);
    await brokers.time.advance(100);
    expect(brokers.partition).toMatchObject({ replicas: [4, 2, 3], leader: 4, leaderEpoch: 1, removingReplicas: [] });
    expect(hasLog(brokers, 1)).toBe(false);
    expect((await brokers.produced(1, ['x'])).error).toBe('NOT_LEADER_OR_FOLLOWER');
    await brokers.produced(4, ['d']);
    expect(brokers.readable(4)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('that is cancelled deletes the copy', async () => {
    const brokers = await scene();
    brokers.network.block('host4', 'host1');
    brokers.controller.reassign(TOPIC.name, [4, 2, 3]);
    await brokers.time.advance(100);
    brokers.controller.reassign(TOPIC.name, undefined);
    await brokers.time.advance(100);
    expect(hasLog(brokers, 4)).toBe(false);
    expect(brokers.partition).toMatchObject({ leader: 1, leaderEpoch: 1 });
    expect([...brokers.partition.replicas].sort()).toEqual([1, 2, 3]);
    expect((await brokers.produced(1, ['c'])).error).toBe('NONE');
  });

  test('gives a replica that comes back an empty log: what it had before is gone', async () => {
    const brokers = await scene();
    brokers.controller.reassign(TOPIC.name, [1, 2]);
    await brokers.time.advance(100);
    expect(hasLog(brokers, 3)).toBe(false);
    await brokers.produced(1, ['c']);
    brokers.controller.reassign(TOPIC.name, [3, 1]);
    await brokers.time.runUntil(() => brokers.partition.replicas.length === 2, 20_000);
    await brokers.time.advance(100);
    expect(brokers.partition).toMatchObject({ replicas: [3, 1], isr: [3, 1], leader: 1 });
    brokers.changePartition({ leader: 3 });
    await brokers.time.advance(100);
    await brokers.produced(3, ['d']);
    expect(brokers.readable(3)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('that takes a follower away leaves whoever waits for the leader waiting, although the leader epoch grows', async () => {
    const brokers = await scene();
    brokers.network.block('host2', 'host1');
    const answer = brokers.produce(1, ['c']);
    await brokers.time.advance(10);
    brokers.controller.reassign(TOPIC.name, [1, 2]);
    await brokers.time.advance(100);
    expect(brokers.partition).toMatchObject({ replicas: [1, 2], leader: 1, leaderEpoch: 1 });
    expect(answer.outcome).toBeUndefined();
    brokers.network.healAll();
    await brokers.time.runUntil(() => answer.outcome !== undefined, 20_000);
    expect(answer.outcome).toMatchObject({ error: 'NONE', baseOffset: 2 });
    expect(brokers.readable(1)).toEqual(['a', 'b', 'c']);
  });
});
