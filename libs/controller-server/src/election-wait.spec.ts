import { createTopicsRpc } from '@milena/cluster-protocol';
import { CONTROLLER_LIMITS } from './controller-server-options';
import { TestCluster, topicRequest } from './testing/test-cluster';

/** A request to controller 102, which sees an election. */
async function askedDuringElection() {
  const cluster = new TestCluster();
  cluster.quorum.elect(101);
  await cluster.time.advance(10);
  await cluster.startBroker(101, 1);
  cluster.quorum.depose();
  cluster.quorum.tellElection(102, true);
  const asked: { answer?: unknown } = {};
  void cluster.send(102, createTopicsRpc, topicRequest('orders')).then((answer) => (asked.answer = answer));
  await cluster.time.advance(100);
  expect(asked.answer).toBeUndefined();
  return { cluster, asked };
}

describe('a request that comes during an election', () => {
  it('is decided by the controller that it waits at when that one wins', async () => {
    const { cluster, asked } = await askedDuringElection();
    cluster.quorum.elect(102);
    cluster.quorum.tellElection(102, false);
    await cluster.time.advance(10);
    expect(asked.answer).toMatchObject({ response: { topics: [{ name: 'orders', result: { ok: true } }] } });
  });

  it('is refused as soon as another one leads', async () => {
    const { cluster, asked } = await askedDuringElection();
    cluster.quorum.elect(101);
    cluster.quorum.tellElection(102, false);
    await cluster.time.advance(10);
    expect(asked.answer).toEqual({ failed: 'NOT_CONTROLLER' });
  });

  it('is refused when nobody wins in time', async () => {
    const { cluster, asked } = await askedDuringElection();
    await cluster.time.advance(CONTROLLER_LIMITS.electionWaitMs);
    expect(asked.answer).toEqual({ failed: 'NOT_CONTROLLER' });
  });

  it('is refused by a controller that was told to stop, even if it wins', async () => {
    const { cluster, asked } = await askedDuringElection();
    cluster.controller(102).stop();
    cluster.quorum.elect(102);
    cluster.quorum.tellElection(102, false);
    await cluster.time.advance(10);
    expect(asked.answer).toEqual({ failed: 'NOT_CONTROLLER' });
  });
});
