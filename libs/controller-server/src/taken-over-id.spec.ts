import { registerBrokerRpc } from '@milena/cluster-protocol';
import { id, registration, TestCluster } from './testing/test-cluster';

/** Controller 101 leads; a copy of live broker 1 took its id over; 102 becomes the active controller. */
async function takenOver({ isUnfenced = true } = {}) {
  const cluster = new TestCluster();
  cluster.quorum.elect(101);
  await cluster.time.advance(10);
  await cluster.startBroker(101, 1);
  const older = registration(1, { brokerEpoch: cluster.brokers.get(1)!.epoch });
  const newer = registration(1, { incarnationId: id(9) });
  const registered = await cluster.call(101, registerBrokerRpc, newer);
  if (!('response' in registered) || !registered.response.ok) throw new Error('the newer copy was refused');
  const { brokerEpoch } = registered.response.value;
  cluster.brokers.get(1)!.epoch = brokerEpoch;
  if (isUnfenced) await cluster.heartbeat(101, 1);
  cluster.quorum.elect(102);
  const holder = () => cluster.controller(102).committedImage().broker(1)?.incarnationId;
  return { cluster, older, newer: { ...newer, brokerEpoch }, holder };
}

const TAKEN_OVER = {
  response: {
    error: {
      code: 'DUPLICATE_BROKER_REGISTRATION',
      message: expect.stringContaining('was taken over by a newer process with the same log directory'),
    },
  },
};

describe('the newer of two copies of a broker, after the next controller took over', () => {
  it('keeps the id although the older one asks for it before the newer one was heard', async () => {
    const { cluster, older, newer, holder } = await takenOver();
    expect(await cluster.call(102, registerBrokerRpc, older)).toMatchObject(TAKEN_OVER);
    expect(holder()).toBe(newer.incarnationId);
    expect(await cluster.heartbeat(102, 1)).toMatchObject({ response: { value: { isFenced: false } } });
  });

  it('keeps the id while it is still fenced, also before the new controller has heard it', async () => {
    const { cluster, older, newer, holder } = await takenOver({ isUnfenced: false });
    expect(await cluster.call(102, registerBrokerRpc, older)).toMatchObject(TAKEN_OVER);
    expect(holder()).toBe(newer.incarnationId);
  });
});
