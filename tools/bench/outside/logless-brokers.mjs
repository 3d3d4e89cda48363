import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { brokerHeartbeatRpc, registerBrokerRpc } from '@milena/cluster-protocol';
import { SUPPORTED_FEATURES } from '@milena/metadata';
import { randomUuid } from '@milena/model';

const heartbeatMs = 1_000;

/** Brokers that register, heartbeat and stop as real ones do, and keep no logs. */
export class LoglessBrokers {
  #brokers = new Map();

  constructor(options) {
    this.options = options;
  }

  /** Starts brokers and gives them time to be unfenced. */
  async start(count, firstId) {
    await Promise.all(Array.from({ length: count }, (_, index) => this.#start(firstId + index)));
  }

  /** Begins an orderly stop; the function returned tells whether the controllers allow it to end. */
  shutDown(brokerId) {
    const broker = this.#brokers.get(brokerId);
    broker.wantShutDown = true;
    return () => broker.mayStop;
  }

  /** From here on the broker is silent, and its port refuses. */
  crash(brokerId) {
    const broker = this.#brokers.get(brokerId);
    broker.isSilent = true;
    broker.home.close();
  }

  async #start(brokerId) {
    const { ask, platform, principal, clusterId } = this.options;
    // Whoever refuses connections is fenced at once: somebody must be at home.
    const home = createServer((socket) => socket.on('error', () => {}));
    await new Promise((resolve) => home.listen(0, '127.0.0.1', resolve));
    const newId = () => randomUuid((size) => platform.random.bytes(size));
    const { port } = home.address();
    const listeners = ['PLAINTEXT', 'INTERNAL'].map((name) => ({
      name,
      host: '127.0.0.1',
      port,
      securityProtocol: 'PLAINTEXT',
    }));
    const registration = {
      principal,
      clusterId,
      brokerId,
      incarnationId: newId(),
      listeners,
      features: SUPPORTED_FEATURES,
      logDirectories: [newId()],
      previousBrokerEpoch: -1,
    };
    let registered = await ask(registerBrokerRpc, registration);
    for (; !registered.ok; registered = await ask(registerBrokerRpc, registration)) await delay(100);
    const broker = { epoch: registered.value.brokerEpoch, wantShutDown: false, isSilent: false, mayStop: false, home };
    this.#brokers.set(brokerId, broker);
    void this.#heartbeats(brokerId, broker);
  }

  async #heartbeats(brokerId, broker) {
    const { ask, principal, appliedOffset } = this.options;
    while (!broker.isSilent && !broker.mayStop) {
      const beat = await ask(brokerHeartbeatRpc, {
        principal,
        brokerId,
        brokerEpoch: broker.epoch,
        currentMetadataOffset: appliedOffset(),
        wantFence: false,
        wantShutDown: broker.wantShutDown,
        offlineLogDirectories: [],
      });
      broker.mayStop = beat.ok && beat.value.shouldShutDown;
      await delay(broker.wantShutDown ? 20 : heartbeatMs);
    }
  }
}
