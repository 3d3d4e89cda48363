import { brokerHeartbeatRpc, createTopicsRpc, registerBrokerRpc } from '@milena/cluster-protocol';
import { imageDigest } from '@milena/metadata';
import { COMMIT_DELAY_MS } from './testing/fake-quorum';
import { id, registration, SESSION_TIMEOUT_MS, TestCluster, topicRequest } from './testing/test-cluster';

async function ledBy101(brokers: readonly number[] = []): Promise<TestCluster> {
  const cluster = new TestCluster();
  cluster.quorum.elect(101);
  await cluster.time.advance(10);
  for (const brokerId of brokers) await cluster.startBroker(101, brokerId);
  return cluster;
}

function fencedIn(cluster: TestCluster, brokerId: number): boolean | undefined {
  return cluster.controller(101).committedImage().broker(brokerId)?.fenced;
}

/** Heartbeats of brokers, one a second each. */
async function beat(cluster: TestCluster, nodeId: number, brokerIds: readonly number[], seconds: number) {
  for (let second = 0; second < seconds; second++) {
    for (const brokerId of brokerIds) await cluster.heartbeat(nodeId, brokerId);
    await cluster.time.advance(1000);
  }
}

describe('the first active controller', () => {
  it('writes the feature levels of the cluster, once', async () => {
    const cluster = await ledBy101();
    const standby = cluster.controller(102);
    expect(standby.committedImage().featureLevel('metadata.version')).toBeGreaterThan(0);
    expect(standby.committedImage().featureLevel('kraft.version')).toBe(1);
    const written = cluster.quorum.batches.length;
    cluster.quorum.elect(102);
    await cluster.time.advance(10);
    expect(cluster.quorum.batches).toHaveLength(written);
  });
});

describe('a standby', () => {
  it('answers NOT_CONTROLLER and has the same metadata as the active controller', async () => {
    const cluster = await ledBy101([1]);
    expect(await cluster.createTopic(102, 'orders')).toEqual({ failed: 'NOT_CONTROLLER' });
    await cluster.createTopic(101, 'orders');
    const digests = [101, 102].map((nodeId) => imageDigest(cluster.controller(nodeId).committedImage()));
    expect(digests[0]).toBe(digests[1]);
    expect([cluster.controller(101).isActive(), cluster.controller(102).isActive()]).toEqual([true, false]);
    expect([cluster.controller(102).isReady(), new TestCluster().controller(102).isReady()]).toEqual([true, false]);
  });

  it('is ready once it has caught up, and stays so', async () => {
    const cluster = await ledBy101([1]);
    const standby = cluster.controller(102);
    const readyAfter = async (topic: string) => {
      await cluster.createTopic(101, topic);
      return standby.isReady();
    };
    cluster.quorum.behind.add(102);
    expect(await readyAfter('unseen')).toBe(false);
    cluster.quorum.behind.clear();
    expect(await readyAfter('seen')).toBe(true);
    cluster.quorum.behind.add(102);
    expect(await readyAfter('late')).toBe(true);
  });

  it('ignores the loss of a replica, and becomes active when it leads', async () => {
    const cluster = await ledBy101([1]);
    cluster.quorum.elect(102);
    await cluster.time.advance(10);
    cluster.brokers.get(1)!.process.crash();
    cluster.quorum.lose(1, 'reset', 101);
    await cluster.time.advance(500);
    expect(fencedIn(cluster, 1)).toBe(false);
    expect(await cluster.createTopic(102, 'orders')).toMatchObject({
      response: { topics: [{ result: { ok: true } }] },
    });
  });
});

describe('registration', () => {
  it('answers with the offset of the record, and the first heartbeat unfences', async () => {
    const cluster = await ledBy101([1]);
    const broker = cluster.controller(101).committedImage().broker(1);
    expect(broker).toMatchObject({ fenced: false, epoch: cluster.brokers.get(1)!.epoch });
    expect(cluster.quorum.batches.some(({ baseOffset }) => baseOffset === broker?.epoch)).toBe(true);
  });

  it('refuses a second broker with a live id and another disk, and says who holds the id', async () => {
    const cluster = await ledBy101([1]);
    const other = registration(1, { incarnationId: id(9), logDirectories: [id(8)] });
    const answer = await cluster.call(101, registerBrokerRpc, other);
    expect(answer).toMatchObject({
      response: {
        error: {
          code: 'DUPLICATE_BROKER_REGISTRATION',
          message: 'broker id 1 is held by a live broker at broker1:9094 with other log directories',
        },
      },
    });
  });

  it('counts as a sign of life of a starting broker, which holds its id while it is still fenced', async () => {
    const cluster = await ledBy101();
    await cluster.call(101, registerBrokerRpc, registration(1));
    const other = registration(1, { incarnationId: id(9), logDirectories: [id(8)] });
    expect(await cluster.call(101, registerBrokerRpc, other)).toMatchObject({
      response: { error: { code: 'DUPLICATE_BROKER_REGISTRATION' } },
    });
    await cluster.time.advance(SESSION_TIMEOUT_MS);
    expect(await cluster.call(101, registerBrokerRpc, other)).toMatchObject({ response: { ok: true } });
  });
});

describe('an answer', () => {
  it('leaves only when the records are committed', async () => {
    const cluster = await ledBy101([1]);
    cluster.quorum.autoCommit = false;
    let answer: unknown;
    void cluster.send(101, createTopicsRpc, topicRequest('orders')).then((value) => (answer = value));
    await cluster.time.advance(500);
    expect(answer).toBeUndefined();
    expect(cluster.controller(101).latestImage().topicByName('orders')).toBeDefined();
    expect(cluster.controller(101).committedImage().topicByName('orders')).toBeUndefined();
    cluster.quorum.commitAll();
    await cluster.time.advance(10);
    const metadataOffset = cluster.quorum.committedEnd - 1;
    expect(answer).toMatchObject({ response: { topics: [{ name: 'orders', result: { ok: true } }], metadataOffset } });
  });

  it('says that the outcome is unknown when leadership is lost, and the loss is complete', async () => {
    const cluster = await ledBy101([1]);
    cluster.quorum.autoCommit = false;
    const lost = cluster.send(101, createTopicsRpc, topicRequest('orders'));
    await cluster.time.advance(10);
    cluster.quorum.elect(102, { keepTail: false });
    expect(await cluster.time.resolve(lost)).toEqual({ failed: 'REQUEST_TIMED_OUT' });
    cluster.quorum.autoCommit = true;
    expect(cluster.controller(101).latestImage().topicByName('orders')).toBeUndefined();
    expect(await cluster.createTopic(102, 'orders')).toMatchObject({
      response: { topics: [{ result: { ok: true } }] },
    });
  });

  it('is INVALID_REQUEST to bytes that are no request', async () => {
    const cluster = await ledBy101();
    const answer = cluster.sendBytes(101, createTopicsRpc.method, Buffer.from([0x0a, 0x7f]));
    expect(await cluster.time.resolve(answer)).toEqual({ failed: 'INVALID_REQUEST' });
    expect(cluster.fatal).toEqual([]);
  });

  it('is an error, and the process is told to stop, when an invariant breaks', async () => {
    const cluster = await ledBy101();
    cluster.quorum.nextOffset = 0;
    expect(await cluster.call(101, registerBrokerRpc, registration(1))).toEqual({ failed: 'UNKNOWN_SERVER_ERROR' });
    expect(cluster.fatal).toHaveLength(1);
  });
});

describe('a broker that goes silent', () => {
  it('is fenced when its session expires, and its leaderships move', async () => {
    const cluster = await ledBy101([1, 2]);
    await cluster.createTopic(101, 'orders', 2);
    const leader = cluster.controller(101).latestImage().topicByName('orders')!.partition(0)!.leader;
    const other = 3 - leader;
    await beat(cluster, 101, [other], SESSION_TIMEOUT_MS / 1000 + 1);
    const image = cluster.controller(102).committedImage();
    expect([image.broker(leader)?.fenced, image.broker(other)?.fenced]).toEqual([true, false]);
    expect(image.topicByName('orders')?.partition(0)).toMatchObject({ leader: other, isr: [other], leaderEpoch: 1 });
  });

  it('comes back with its next heartbeat', async () => {
    const cluster = await ledBy101([1]);
    await cluster.time.advance(SESSION_TIMEOUT_MS + 500);
    expect(fencedIn(cluster, 1)).toBe(true);
    await cluster.heartbeat(101, 1);
    expect(fencedIn(cluster, 1)).toBe(false);
  });

  it('is not silent while its heartbeats wait for a commit', async () => {
    const cluster = await ledBy101([1]);
    cluster.quorum.autoCommit = false;
    void cluster.send(101, createTopicsRpc, topicRequest('orders'));
    for (let second = 0; second < 6; second++) {
      void cluster.send(101, brokerHeartbeatRpc, cluster.heartbeatOf(1));
      await cluster.time.advance(1000);
    }
    expect(cluster.controller(101).latestImage().broker(1)?.fenced).toBe(false);
  });
});

describe('a broker whose stream breaks', () => {
  it('is fenced at once when its port refuses', async () => {
    const cluster = await ledBy101([1]);
    cluster.brokers.get(1)!.process.crash();
    cluster.quorum.lose(1, 'reset');
    await cluster.time.advance(20 + COMMIT_DELAY_MS);
    expect(fencedIn(cluster, 1)).toBe(true);
  });

  it('is fenced when its port refuses a little later, as that of a dying process does', async () => {
    const cluster = await ledBy101([1]);
    cluster.quorum.lose(1, 'reset');
    cluster.time.timers.after(30, () => cluster.brokers.get(1)!.port.stop());
    await cluster.time.advance(100);
    expect(fencedIn(cluster, 1)).toBe(true);
  });

  it('is left alone while its port answers, or when the stream just timed out', async () => {
    const cluster = await ledBy101([1, 2]);
    cluster.quorum.lose(1, 'reset');
    cluster.brokers.get(2)!.process.crash();
    cluster.quorum.lose(2, 'timeout');
    await cluster.time.advance(1000);
    expect([fencedIn(cluster, 1), fencedIn(cluster, 2)]).toEqual([false, false]);
  });

  it('is left alone when it has registered anew meanwhile', async () => {
    const cluster = await ledBy101([1]);
    cluster.brokers.get(1)!.process.crash();
    cluster.quorum.lose(1, 'reset');
    await cluster.startBroker(101, 1, { incarnationId: id(9) });
    await cluster.time.advance(1000);
    expect(fencedIn(cluster, 1)).toBe(false);
  });

  it('frees its id for a replacement with an empty disk at once', async () => {
    const cluster = await ledBy101([1]);
    cluster.brokers.get(1)!.process.crash();
    cluster.quorum.lose(1, 'reset');
    await cluster.time.advance(50);
    await cluster.startBroker(101, 1, { incarnationId: id(9), logDirectories: [id(8)] });
    expect(fencedIn(cluster, 1)).toBe(false);
  });
});

describe('a new active controller', () => {
  it('gives every broker a whole session, then fences those it has not heard of', async () => {
    const cluster = await ledBy101([1, 2]);
    await beat(cluster, 101, [1, 2], 2);
    cluster.quorum.elect(102);
    await beat(cluster, 102, [1], SESSION_TIMEOUT_MS / 1000 - 1);
    expect([fencedIn(cluster, 1), fencedIn(cluster, 2)]).toEqual([false, false]);
    await beat(cluster, 102, [1], 2);
    expect([fencedIn(cluster, 1), fencedIn(cluster, 2)]).toEqual([false, true]);
  });

  it('fences at once brokers that died with the former one', async () => {
    const cluster = await ledBy101([1, 2]);
    cluster.brokers.get(2)!.process.crash();
    cluster.quorum.elect(102);
    await cluster.time.advance(50);
    expect([fencedIn(cluster, 1), fencedIn(cluster, 2)]).toEqual([false, true]);
  });

  it('never gives a producer id the former one gave', async () => {
    const cluster = await ledBy101([1]);
    const first = await cluster.allocateProducerIds(101, 1);
    cluster.quorum.elect(102);
    const second = await cluster.allocateProducerIds(102, 1);
    expect([first, second]).toMatchObject([
      { response: { value: { firstProducerId: 0 } } },
      { response: { value: { firstProducerId: 1000 } } },
    ]);
  });
});

describe('a controlled shutdown', () => {
  it('lets the broker go when the others know that it leads nothing', async () => {
    const cluster = await ledBy101([1, 2]);
    await cluster.createTopic(101, 'orders', 2);
    const leader = cluster.controller(101).latestImage().topicByName('orders')!.partition(0)!.leader;
    const leaving = { wantShutDown: true };
    expect(await cluster.heartbeat(101, leader, leaving)).toMatchObject({
      response: { value: { shouldShutDown: false } },
    });
    expect(cluster.controller(101).committedImage().topicByName('orders')?.partition(0)?.leader).toBe(3 - leader);
    await cluster.heartbeat(101, 3 - leader);
    expect(await cluster.heartbeat(101, leader, leaving)).toMatchObject({
      response: { value: { shouldShutDown: true } },
    });
    expect(fencedIn(cluster, leader)).toBe(true);
    expect(cluster.logger.lines.map(({ message }) => message)).toContain('a broker began a controlled shutdown');
  });
});

describe('stopping', () => {
  it('answers who waits, and refuses from then on', async () => {
    const cluster = await ledBy101([1]);
    cluster.quorum.autoCommit = false;
    const waiting = cluster.send(101, createTopicsRpc, topicRequest('orders'));
    await cluster.time.advance(10);
    cluster.controller(101).stop();
    expect(await cluster.time.resolve(waiting)).toEqual({ failed: 'REQUEST_TIMED_OUT' });
    expect(await cluster.createTopic(101, 'other')).toEqual({ failed: 'NOT_CONTROLLER' });
    expect(await cluster.deleteTopic(101, 'other')).toEqual({ failed: 'NOT_CONTROLLER' });
  });
});
